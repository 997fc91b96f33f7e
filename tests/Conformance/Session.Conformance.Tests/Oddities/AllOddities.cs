using System.Security.Cryptography;
using System.Text;
using ServerSessions.Conformance.Tests.Reference;
using static ServerSessions.Conformance.Tests.Oddities.CallOddities;
using static ServerSessions.Conformance.Tests.Oddities.ContentOddities;
using static ServerSessions.Conformance.Tests.Oddities.HarnessOddities;
using static ServerSessions.Conformance.Tests.Oddities.TimeOddities;

namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>The odd stores and harnesses, which lie by subject in the classes beside this one.</summary>
internal static class AllOddities
{
    private static readonly System.Diagnostics.ActivitySource Activities = new("Odd");

    public static IReadOnlyList<Oddity> All { get; } =
    [
        Of("always asynchronous", s => new Asynchronous(s, TimeSpan.Zero)),
        Of("slow: 1 ms and more a call", s => new Asynchronous(s, TimeSpan.FromMilliseconds(1))),
        Of(
            "expiry in whole seconds, rounded up",
            s => new WholeSeconds(s),
            settings => settings with { Granularity = TimeSpan.FromSeconds(1) }
        ),
        Of("expired sessions are removed by a timer at once", s => new Eager(s), settings => settings with { PrunesInBackground = true }),
        Of(
            "ids hashed at rest, three methods only",
            s => new ThreeMethods(new HashedIds(s)),
            settings => settings with { HidesIds = true }
        ),
        Of("payload re-encoded with reordered keys", s => new Reorders(s), settings => settings with { Fidelity = PayloadFidelity.Json }),
        Of("default lifetime of its own", s => new OwnLifetime(s), settings => settings with { DefaultLifetime = TimeSpan.FromDays(14) }),
        Of("ignores a cancelled token and completes", s => new IgnoresCancellation(s)),
        Of("three methods, nothing else", s => new ThreeMethods(new ReferenceStore(s))),
        Of("opened on first use", s => new OpensLate(s)),
        Of("absence is SessionNotFoundException", s => new Throws(s, static () =>
            new SessionNotFoundException(SessionStoreOperation.Get, "Odd")
        )),
        Of("absence is SessionNotFoundException, and missing files are declared too", s => new Throws(
            s,
            static () => new SessionNotFoundException(SessionStoreOperation.Get, "Odd"),
            declares: true
        )),
        Of("absence is FileNotFoundException, declared", s => new Throws(s, static () => new FileNotFoundException(), declares: true)),
        Of("absence is DirectoryNotFoundException, declared", s => new Throws(
            s,
            static () => new DirectoryNotFoundException(),
            declares: true
        )),
        Of("declares missing files and returns null", s => new Throws(s, static () => null, declares: true)),
        Of("refuses calls after disposal", s => new RefusesAfterDisposal(s)),
        Of("peers see writes after a while", s => new Eventual(s), settings => settings with { PeerStaleness = TimeSpan.FromSeconds(5) }),
        Limited(256),
        Limited(4096),
        Limited(65_536),
        Of(
            "keys are encoded ids",
            s => new Bent(s)
            {
                OnKey = static sid => Convert.ToHexString(Encoding.UTF8.GetBytes(sid)),
                OnSid = static key => Encoding.UTF8.GetString(Convert.FromHexString(key)),
            },
            forgets: true
        ),
        Of("a listing shows what was there when it began, in order", s => new Bent(s)
        {
            OnListed = static (_, rows) => rows.OrderBy(static row => row.Key, StringComparer.Ordinal).ToArray(),
        }),
        Of("bounds no call, and does not say so", s => new Unbounded(s)),
        Of("payloads are compressed at rest", s => new Bent(s) { OnEncode = Compress, OnDecode = Decompress }),
        Of("payloads are encrypted at rest, each time otherwise", s => new Bent(s) { OnEncode = Encrypt, OnDecode = Decrypt }),
        Of("a damaged entry is returned as it is", s => new ReturnsDamage(s)),
        Of("a touch of a past expiry leaves the row to prune", s => new Bent(s)
        {
            OnRetouch = static (b, sid, record, next) =>
            {
                var old = b.Look(sid);
                var there = next(record);
                if (old is not null && record.Expires <= b.Time)
                {
                    b.Space.Rows[sid] = old with { Expires = record.Expires.Value };
                }

                return there;
            },
        }),
        Of("one call at a time", s => new OneAtATime(s)),
        Of(
            "reported expiries are off by 30 ms",
            s => new Bent(s)
            {
                OnRecord = static (_, _, record) =>
                    SessionRecord.TakeOwnership(
                        record.Payload,
                        record.Expires!.Value.Ticks % 2 == 0 ? record.Expires.Value.AddMilliseconds(-30) : record.Expires,
                        record.Token
                    ),
            },
            settings => settings with { ClockSlack = TimeSpan.FromMilliseconds(50) }
        ),
        Of("traces with a digest of the id", s => new Bent(s)
        {
            OnGet = static async (_, sid, _, next) =>
            {
                using var activity = Activities.StartActivity("get");
                activity?.SetTag("session", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(sid)))[..8]);
                return await next();
            },
        }),
        new("one table for all spaces", static () => new OneTable()),
        new("real time", static () => new ReferenceHarness(time: StoreTime.Real)),
        new("the backend's clock", static () => new BackendClock()),
        new("nothing but the mandatory method", static () => new Mandatory()),
    ];

    private static Oddity Of(
        string name,
        Func<Setup, ISessionStore> make,
        Func<HarnessSettings, HarnessSettings>? settings = null,
        bool forgets = false
    ) => new(name, () => forgets ? new PlainHarness(make) : new ReferenceHarness(make, settings?.Invoke(ReferenceHarness.DefaultSettings)));

    private static Oddity Limited(int bytes) =>
        Of($"takes payloads of {bytes} bytes at most", s => new ReferenceStore(s), settings => settings with { MaxPayloadBytes = bytes });
}
