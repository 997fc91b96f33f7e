using System.Diagnostics.CodeAnalysis;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>SEC and CAP: what a store gives away, and what it claims to be.</summary>
internal static class HygieneCases
{
    private const string Stolen = "Anyone who can read the logs can take over every session, or read its values.";

    private static readonly (string Method, Type Interface)[] Known =
    [
        ("TouchAsync", typeof(ITouchableSessionStore)),
        ("AllAsync", typeof(IEnumerableSessionStore)),
        ("LengthAsync", typeof(IEnumerableSessionStore)),
        ("ClearAsync", typeof(IEnumerableSessionStore)),
        ("TrySetAsync", typeof(IConditionalSessionStore)),
        ("PruneAsync", typeof(IPrunableSessionStore)),
        ("GetAndTouchAsync", typeof(IGetAndTouchSessionStore)),
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "SEC-01",
            "No id and no payload appears in a log line at Information or above.",
            Stolen,
            ["the id is a parameter of a log message", "a driver's exception with the statement's values is logged"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await ProvokeAsync(t, sid, record);
                var lines = t.Harness.LoggedLines()!;
                t.Expect.That(
                    !lines.Any(line => line.Contains(sid, StringComparison.Ordinal)),
                    "log lines without session ids",
                    "a line with a session id"
                );
                t.Expect.That(
                    !lines.Any(line => line.Contains("kit-secret-", StringComparison.Ordinal)),
                    "log lines without payloads",
                    "a line with a payload"
                );
            },
            CaseNeeds.Logs,
            alone: true
        ),
        Recommended(
            "SEC-02",
            "No id and no payload appears in any exception of the whole run.",
            Stolen,
            [
                "the id is part of the message",
                "a driver's exception with key or values is attached as inner exception",
                "the id or the payload is in Exception.Data",
            ],
            async t =>
            {
                await ProvokeAsync(t, t.NewSid(), t.Record(CaseContext.Hour));
                foreach (var leak in t.Leaks)
                {
                    t.Expect.Add("exceptions without session ids and payloads", leak);
                }
            }
        ),
        Optional(
            "SEC-03",
            "The files and folders of a store can be read and written by their owner alone.",
            "Every other user of the machine can take over every session.",
            ["files are made with the mode that the umask leaves"],
            async t =>
            {
                await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
                if (OperatingSystem.IsWindows())
                {
                    throw new NotOfferedException("Windows has no file modes.");
                }

                const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                foreach (
                    var path in t.Harness.FilesAtRest(t.Request) ?? throw new NotOfferedException("The store makes no files (FilesAtRest).")
                )
                {
                    var mode = File.GetUnixFileMode(path);
                    t.Expect.That(
                        (mode & ~Owner) == UnixFileMode.None,
                        $"{Path.GetExtension(path)} {(Directory.Exists(path) ? "folder" : "file")}: open to its owner alone",
                        $"mode {Convert.ToString((int)mode, 8)}"
                    );
                }
            },
            CaseNeeds.Files,
            alone: true
        ),
        Optional(
            "SEC-04",
            "A store that claims to hide session ids keeps none at rest.",
            "Anyone who can read a backup can take over every session in it.",
            [
                "the id is in the key, or beside its hash",
                "the id is a part of what is stored",
                "the id is only encoded: Base64, hexadecimal, URL encoding, reversed",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                var entries = await t.EntriesAtRestAsync();
                t.Expect.That(entries.Count == 1, "what is at rest after one set: one entry", $"{entries.Count}");
                t.Expect.That(
                    !entries.Any(entry => entry.Contains(sid, StringComparison.Ordinal)),
                    "entries at rest without session ids",
                    "an entry with a session id"
                );
                foreach (var (encoded, how) in Encodings.Of(sid))
                {
                    t.Expect.That(
                        !entries.Any(entry => entry.Contains(encoded, StringComparison.OrdinalIgnoreCase)),
                        "entries at rest without session ids",
                        $"an entry with a session id, {how}"
                    );
                }
            },
            CaseNeeds.HiddenIds | CaseNeeds.AtRest,
            alone: true
        ),
        Required(
            "SEC-05",
            "No id and no payload appears in a trace: names, tags, events and baggage of activities, and tags of metrics.",
            Stolen,
            ["the id is a tag of the activity of a call", "the id is a part of an activity's name", "the id is a tag of a metric"],
            async t =>
            {
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                using (var traces = new TraceWatch([sid, t.Marker]))
                {
                    await ProvokeAsync(t, sid, record);
                    foreach (var call in StoreCalls.Of(t, sid))
                    {
                        await Ignore(() => call.Make(CancellationToken.None));
                    }

                    foreach (var leak in traces.Leaks)
                    {
                        t.Expect.Add("traces and metrics without session ids and payloads", leak);
                    }
                }
            },
            alone: true
        ),
        Required(
            "CAP-01",
            "A store does what it declares: no member of a declared interface throws NotSupportedException or NotImplementedException.",
            "A page of the administrator fails although the store claims to offer it.",
            ["an interface is implemented for its other members; leave it away, and declare what is there"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                foreach (
                    var (type, what, call) in new (Type, string, Func<Task>)[]
                    {
                        (typeof(ITouchableSessionStore), "TouchAsync", () => t.Store.TouchAsync(sid, record)),
                        (typeof(IGetAndTouchSessionStore), "GetAndTouchAsync", () =>
                            t.Store.GetAndTouchAsync(sid, default, record.Expires)
                        ),
                        (typeof(IEnumerableSessionStore), "AllAsync", () => t.Store.ListAsync()),
                        (typeof(IEnumerableSessionStore), "LengthAsync", () => t.Store.LengthAsync()),
                        (typeof(IEnumerableSessionStore), "ClearAsync", () => t.Store.ClearAsync()),
                        (typeof(IConditionalSessionStore), "TrySetAsync", () => t.Store.TrySetAsync(sid, record, null)),
                        (typeof(IPrunableSessionStore), "PruneAsync", () => t.Store.PruneAsync(1)),
                    }
                )
                {
                    if (type.IsInstanceOfType(t.Store.Raw))
                    {
                        try
                        {
                            await call();
                        }
                        catch (StoreThrewException threw)
                        {
                            // Other exceptions are for other cases to judge.
                            t.Expect.That(
                                threw.InnerException is not (NotSupportedException or NotImplementedException),
                                $"{what} of {type.Name}, which the store declares: it works",
                                threw.InnerException!.GetType().Name
                            );
                        }
                    }
                }
            },
            alone: true
        ),
        Recommended(
            "CAP-02",
            "A store declares what it can do: a public method with the contract's name belongs to the contract's interface.",
            "The middleware does not see what the store can do: sessions are not touched, or not saved safely.",
            ["the interface is missing in the class declaration"],
            t =>
            {
                foreach (var (method, type) in Known)
                {
                    t.Expect.That(
                        type.IsInstanceOfType(t.Store.Raw) || !HasMethod(t.Store.Raw, method),
                        $"a store with {method} implements {type.Name}",
                        $"{method} is there, {type.Name} is not declared"
                    );
                }

                return Task.CompletedTask;
            }
        ),
    ];

    // A store whose methods were trimmed away has nothing that could be undeclared.
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "If the trimmer has removed a method, no caller can call it, and the case passes rightly."
    )]
    private static bool HasMethod(ISessionStore store, string name) => store.GetType().GetMethods().Any(method => method.Name == name);

    private static async Task ProvokeAsync(CaseContext t, string sid, SessionRecord record)
    {
        await Ignore(() => t.Store.GetAsync(sid));
        await Ignore(() => t.Store.SetAsync(sid, record));
        await Ignore(() => t.Store.GetAsync(sid));
        await Ignore(() => t.Store.SetAsync(sid, null!));
        await Ignore(() => t.Store.GetAsync(sid + "\0"));
        await Ignore(() => t.Store.GetAsync(new string('a', Sid.MaxLength) + sid));
        await Ignore(() => t.Store.SetAsync(sid, record, new CancellationToken(canceled: true)));
        await Ignore(() => t.Store.SetAsync(sid, SessionRecord.TakeOwnership(ReadOnlyMemory<byte>.Empty, record.Expires)));
        await Ignore(() =>
            t.Store.SetAsync(sid, new SessionRecord(System.Text.Encoding.UTF8.GetBytes($"{{\"no session\":\"{t.Marker}\""), record.Expires))
        );
        await Ignore(() => t.Store.GetAsync(sid));
        await Ignore(() => t.Store.DestroyAsync(sid));
        await Ignore(() => t.Store.DestroyAsync(sid));
        await Ignore(() => t.Store.GetAsync(sid));
    }

    private static async Task Ignore(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (StoreThrewException)
        {
            // The context has looked at it.
        }
    }
}
