using System.Globalization;
using ServerSessions.Conformance.Tests.Reference;
using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about when a session ends.</summary>
internal static class ExpiryMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("never expires", "EXP-01", "after its expiry: absent (null)", s => new NeverExpires(s)),
            Mutant.Of("milliseconds taken for seconds", "EXP-01", "after its expiry: absent (null)", s => new Stretches(s, 1000)),
            Mutant.Of("seconds taken for milliseconds", "EXP-02", "the session, which expires", s => new Stretches(s, 0.001)),
            Mutant.Of("strict comparison at the instant", "EXP-03", "at the very instant of its expiry", s => new StrictInstant(s)),
            Mutant.Of("lifetime kept on re-set", "EXP-04", "after the first expiry, before the second", s => new KeepsLifetime(s)),
            Mutant.Of("the later expiry wins on set", "EXP-05", "after the second, earlier expiry", s => new LaterWins(s)),
            Mutant.Of("past expiry is for ever", "EXP-06", "set with an expiry five minutes ago: absent", s => new PastIsForever(s)),
            Mutant.Of("past expiry is ignored", "EXP-06", "a session that was there, set with an expiry", s => new PastIsIgnored(s)),
            Mutant.Of("past expiry is refused", "EXP-06", "set with an expiry now: no exception", s => new PastIsRefused(s)),
            Mutant.Of("default lifetime is zero", "EXP-07", "a session without an expiry: there", s => new ZeroDefault(s)),
            Mutant.Of("no expiry is reported as none", "EXP-07", "a record without Expires", s => new ReportsNoExpiry(s)),
            Mutant.Of("get slides the expiry", "EXP-08", "having been read three times before", s => new Slides(s)),
            Mutant.Of("an expired row blocks the next set", "EXP-09", "set after expiry", s => new ExpiredBlocks(s)),
            Mutant.Of("lifetime overflows", "EXP-10", "set with an expiry at the last instant", s => new Overflows(s)),
            Mutant.Of("local time instead of UTC", "EXP-11", "an expiry written in offset", s => new LocalTime(s)),
            Mutant.Of(
                "lifetime in whole seconds, 0 is for ever",
                "EXP-12",
                "a session that lives for less than a second, after that",
                s => new WholeSeconds(s)
            ),
            Mutant.Of("max-age dropped", "EXP-13", "originalMaxAge 45 minutes", s => new DropsMaxAge(s)),
            Mutant.Of("one timer for all", "EXP-14", "after one has expired and was asked for", s => new OneTimer(s)),
            Mutant.Of("cookie.expires decides", "EXP-15", "whose payload holds an older cookie.expires", s => new CookieDecides(s)),
            Mutant.Of("culture-dependent numbers", "EXP-16", "under a culture with other separators", s => new CultureDependent(s)),
            Mutant.Of("a clock set back ends all", "CLK-01", "after the clock was set back", s => new BackwardsEnds(s)),
            new("wall clock instead of the given one", "HAR-03", "ignores the clock it was given", static () =>
                new ReferenceHarness(static s => new WallClock(s))
            ),
        ];

    private sealed class NeverExpires(Setup s) : ReferenceStore(s)
    {
        protected override bool IsLive(Row row) => true;

        protected override void Put(string sid, SessionRecord record) => Space.Rows[sid] = NewRow(record, ExpiryOf(record));
    }

    private sealed class Stretches(Setup s, double factor) : ReferenceStore(s)
    {
        // What is stored is right; what is compared is not.
        protected override bool IsLive(Row row) =>
            row.Expires > Now.AddYears(50) || Now < row.Written + ((row.Expires - row.Written) * factor);
    }

    private sealed class StrictInstant(Setup s) : ReferenceStore(s)
    {
        protected override bool IsLive(Row row) => Now <= row.Expires;
    }

    private sealed class KeepsLifetime(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            var old = Find(sid);
            base.Put(sid, record);
            if (old is not null && Space.Rows.TryGetValue(sid, out var row))
            {
                Space.Rows[sid] = row with { Expires = old.Expires };
            }
        }
    }

    private sealed class LaterWins(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            var old = Find(sid);
            base.Put(sid, record);
            if (old is not null && Space.Rows.TryGetValue(sid, out var row) && old.Expires > row.Expires)
            {
                Space.Rows[sid] = row with { Expires = old.Expires };
            }
        }
    }

    private sealed class PastIsForever(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record) =>
            base.ExpiryOf(record) <= Now ? DateTimeOffset.MaxValue : base.ExpiryOf(record);
    }

    private sealed class PastIsIgnored(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (ExpiryOf(record) > Now)
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class PastIsRefused(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ExpiryOf(record), Now, "expires");
            base.Put(sid, record);
        }
    }

    private sealed class ZeroDefault(Setup s) : ReferenceStore(s)
    {
        protected override TimeSpan Lifetime => TimeSpan.Zero;
    }

    private sealed class ReportsNoExpiry(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record) => record.Expires ?? DateTimeOffset.MaxValue;

        protected override SessionRecord ToRecord(Row row)
        {
            var record = base.ToRecord(row);
            return row.Expires == DateTimeOffset.MaxValue ? SessionRecord.TakeOwnership(record.Payload, null, record.Token) : record;
        }
    }

    private sealed class Slides(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var record = await base.GetAsync(sid, cancellationToken);
            if (record is not null && Space.Rows.TryGetValue(sid, out var row) && row.Expires < Now.AddYears(50))
            {
                Space.Rows[sid] = row with { Expires = Now + (row.Expires - row.Written), Written = Now };
            }

            return record;
        }
    }

    private sealed class ExpiredBlocks(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (!Space.Rows.TryGetValue(sid, out var row) || IsLive(row))
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class Overflows(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record) =>
            Now
            + TimeSpan.FromSeconds(checked((int)(base.ExpiryOf(record) - Now).TotalSeconds))
            + TimeSpan.FromMilliseconds((base.ExpiryOf(record) - Now).Milliseconds);
    }

    private sealed class LocalTime(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record) =>
            record.Expires is { } expires ? new DateTimeOffset(expires.DateTime, TimeSpan.Zero) : base.ExpiryOf(record);
    }

    private sealed class WholeSeconds(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record)
        {
            var expires = base.ExpiryOf(record);
            return expires > Now && expires - Now < TimeSpan.FromSeconds(1) ? DateTimeOffset.MaxValue : expires;
        }
    }

    private sealed class DropsMaxAge(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload) =>
            Documents.Map(payload, static text =>
                text.Replace("\"originalMaxAge\":2700000", "\"originalMaxAge\":null", StringComparison.Ordinal)
            );
    }

    private sealed class OneTimer(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid)
        {
            if (Space.Rows.Values.Any(row => !IsLive(row)))
            {
                Space.Rows.Clear();
            }

            return base.Find(sid);
        }
    }

    private sealed class CookieDecides(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) =>
            base.Find(sid) is { } row
            && Documents.TryParse(row.Payload, out var document)
            && SessionCookie.Parse(document.CookieJson.Span, Request.Clock).Expires <= Now
                ? null
                : base.Find(sid);
    }

    private sealed class CultureDependent(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record)
        {
            var expires = base.ExpiryOf(record);
            var text = ((double)expires.ToUnixTimeMilliseconds() / 1000).ToString("0.000", CultureInfo.CurrentCulture);
            return expires > Now.AddYears(50) || expires < Now
                ? expires
                : DateTimeOffset.FromUnixTimeMilliseconds(
                    (long)Math.Round(double.Parse(text, NumberStyles.Any, CultureInfo.InvariantCulture) % 1e11 * 1000)
                );
        }
    }

    private sealed class BackwardsEnds(Setup s) : ReferenceStore(s)
    {
        protected override bool IsLive(Row row) => base.IsLive(row) && Now >= row.Written;
    }

    private sealed class WallClock(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset Now => TimeProvider.System.GetUtcNow();
    }
}
