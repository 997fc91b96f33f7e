using System.Buffers.Text;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>What a case works with: a store, ids of its own, payloads, time, and a place for what it finds.</summary>
internal sealed partial class CaseContext(ConformanceCase item, ConformanceRunner runner, int attempt)
{
    private readonly List<RecordingStore> _stores = [];
    private RecordingStore? _store;
    private StoreRequest? _request;

    /// <summary>Long enough not to end while the case runs.</summary>
    public static TimeSpan Hour => TimeSpan.FromHours(1);

    public Expect Expect { get; } = new();

    public Transcript Transcript { get; } = new();

    /// <summary>Its own sequence for each case, so that a case finds the same ids and payloads alone and among others.</summary>
    public Random Random { get; } = new(StableHash(item.Id, runner.Seed));

    public SessionStoreHarness Harness => runner.Harness;

    public HarnessSettings Settings => runner.Harness.Settings;

    public CaseTime Time => runner.Time;

    public DateTimeOffset Now => Time.Now;

    /// <summary>The smallest change of an expiry that a get shows, with any clock.</summary>
    public TimeSpan Step => Time.Granularity + (Time.Slack * 2);

    /// <summary>
    /// How many bytes the values of a session may have beside its cookie and marker, so that the store's stated limit is kept.
    /// </summary>
    public int Room
    {
        get
        {
            // What the cookie of another expiry may have more.
            const int Reserve = 24;
            return Settings.MaxPayloadBytes is { } limit
                ? Math.Max(limit - Session(Now + Hour, ("value", "\"\"")).Payload.Length - Reserve, 1)
                : int.MaxValue;
        }
    }

    /// <summary>A life that the case can wait for.</summary>
    public TimeSpan Life { get; } = runner.Time.ShortLife(attempt);

    /// <summary>The store of the case; made by the runner before the case starts.</summary>
    public RecordingStore Store => _store ?? throw new InvalidOperationException("The case has no store.");

    /// <summary>The request for the store of the case.</summary>
    public StoreRequest Request => _request ?? throw new InvalidOperationException("The case has no store.");

    /// <summary>The text that is in every payload of the case and must be in no message.</summary>
    public string Marker { get; } = $"kit-secret-{StableHash(item.Id, runner.Seed):x8}";

    /// <summary>A text that no other call gets.</summary>
    public string NewSid()
    {
        Span<byte> bytes = stackalloc byte[24];
        Random.NextBytes(bytes);
        var sid = Base64Url.EncodeToString(bytes);
        Transcript.NameOf(sid);
        return sid;
    }

    /// <summary>A record that lives for a time from now, with a value to tell it from others.</summary>
    public SessionRecord Record(TimeSpan? life, string value = "a") =>
        Session(life is { } span ? Now + span : null, ("value", Json(value)));

    /// <summary>A record with any values, given as JSON.</summary>
    public SessionRecord Session(DateTimeOffset? expires, params ReadOnlySpan<(string Key, string Json)> values)
    {
        var document = new SessionDocument(new SessionCookie(Time.Clock) { Expires = expires }.ToJson());
        document.SetJson("marker", Encoding.UTF8.GetBytes(Json(Marker)));
        foreach (var (key, json) in values)
        {
            document.SetJson(key, Encoding.UTF8.GetBytes(json));
        }

        return SessionRecord.TakeOwnership(document.ToPayload(), expires);
    }

    /// <summary>A text as JSON; every character that JSON does not need escaped stands as it is.</summary>
    public static string Json(string text) => Encoding.UTF8.GetString(JsonTexts.Encode(text));

    public static string? ValueOf(SessionRecord record, string key = "value") =>
        SessionDocument.Parse(record.Payload).TryGetJson(key, out var json) ? Encoding.UTF8.GetString(json.Span) : null;

    public Task AdvanceAsync(TimeSpan by)
    {
        ThrowIfIndependent();
        Transcript.Note($"({Text.Span(by)[1..]} pass)");
        return Time.AdvanceAsync(by, runner.Stopping);
    }

    /// <summary>Goes on until a session with this expiry has ended by every clock.</summary>
    public Task PassAsync(DateTimeOffset expires)
    {
        ThrowIfIndependent();
        Transcript.Note("(the expiry passes)");
        return Time.PassAsync(expires, runner.Stopping);
    }

    /// <summary>Every exception of the store comes by here, so that none may carry an id or a payload.</summary>
    public void Saw(Exception error)
    {
        var text = error + string.Concat(DataOf(error));
        if (text.Contains(Marker, StringComparison.Ordinal))
        {
            runner.Leaks.Add($"{error.GetType().Name} carries a payload");
        }

        if (Transcript.Secrets.Any(sid => text.Contains(sid, StringComparison.Ordinal)))
        {
            runner.Leaks.Add($"{error.GetType().Name} carries a session id");
        }
    }

    private static IEnumerable<string> DataOf(Exception error)
    {
        var inner =
            error is AggregateException many ? [.. many.InnerExceptions]
            : error.InnerException is { } one ? new[] { one }
            : [];
        return error
            .Data.Cast<System.Collections.DictionaryEntry>()
            .Select(static entry => $" {entry.Key} {entry.Value}")
            .Concat(inner.SelectMany(DataOf));
    }

    public IReadOnlyCollection<string> Leaks => runner.Leaks.Seen;

    private void ThrowIfIndependent()
    {
        if (ConformanceRunner.IsIndependent(item))
        {
            throw new InvalidOperationException($"{item.Id} changes what other cases use, and runs at the same time as they do.");
        }
    }

    private static int StableHash(string text, int seed)
    {
        // FNV-1a: string.GetHashCode is another one in every process.
        var hash = 2166136261u ^ (uint)seed;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)hash;
    }
}
