using System.Text;

namespace ServerSessions.Stores.Moving.Tests.Simulation;

/// <summary>What a faulty protocol would have written in place of what the real one writes.</summary>
internal enum Mutant
{
    None,

    /// <summary>A copy counts as soon as it is there.</summary>
    CopyCountsAtOnce,

    /// <summary>The copy counts at once, and the source is deleted.</summary>
    CopyThenDelete,

    /// <summary>An end leaves nothing.</summary>
    NothingAfterAnEnd,

    /// <summary>A create does not look at the other store.</summary>
    CreateWithoutClaim,
}

/// <summary>One of the two stores: a dictionary whose calls take effect at once, and return a step later.</summary>
internal sealed class SimStore(World world, string name, bool hasTokens) : IConditionalSessionStore, ITouchableSessionStore
{
    private readonly Dictionary<string, Row> _rows = [];
    private long _versions;

    public string Backend => name;

    public SimClock Clock { get; } = new(world.Clock);

    /// <summary>Returns the text at rest under an id, if it has not expired.</summary>
    public string? TextOf(string sid) => Find(sid) is { } row ? Encoding.UTF8.GetString(row.Payload) : null;

    public DateTimeOffset? ExpiresOf(string sid) => Find(sid)?.Expires;

    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        await world.EffectAsync(() =>
            Find(sid) is { } row ? new SessionRecord(row.Payload, row.Expires, hasTokens ? row.Version : null) : null
        );

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A move never writes without comparing.");

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await world.EffectAsync(() => _rows.Remove(sid));

    public async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await world.EffectAsync(() =>
        {
            if (Find(sid) is not { } row)
            {
                return false;
            }

            _rows[sid] = row with { Expires = record.Expires!.Value };
            return true;
        });

    public async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) =>
        await world.EffectAsync(() =>
        {
            var row = Find(sid);
            if (expected is null != row is null)
            {
                return row is null ? ConditionalSetResult.Missing : ConditionalSetResult.Changed;
            }

            if (row is not null && !Matches(row, expected!))
            {
                return ConditionalSetResult.Changed;
            }

            Put(sid, Mutate(record, expected));
            return ConditionalSetResult.Stored;
        });

    private void Put(string sid, SessionRecord? record)
    {
        if (record is null)
        {
            return;
        }

        if (record.Expires <= Clock.GetUtcNow())
        {
            _rows.Remove(sid);
            return;
        }

        _rows[sid] = new Row(record.Payload.ToArray(), record.Expires!.Value, ++_versions);
    }

    private SessionRecord? Mutate(SessionRecord record, SessionRecord? expected)
    {
        var slot = SlotText.Of(Encoding.UTF8.GetString(record.Payload.Span));
        var nothing = new SessionRecord(record.Payload.Span, DateTimeOffset.UnixEpoch);
        return (world.Mutant, slot.Kind) switch
        {
            (Mutant.CopyCountsAtOnce or Mutant.CopyThenDelete, "copy") => new SessionRecord(
                Encoding.UTF8.GetBytes(slot.Session!),
                record.Expires
            ),
            (Mutant.CopyThenDelete, "moved") => nothing,
            (Mutant.NothingAfterAnEnd, "ended") => nothing,
            (Mutant.CreateWithoutClaim, "moved") when expected is null => null,
            _ => record,
        };
    }

    private static bool Matches(Row row, SessionRecord expected) =>
        expected.Token is long version ? version == row.Version : expected.Payload.Span.SequenceEqual(row.Payload);

    private Row? Find(string sid) => _rows.TryGetValue(sid, out var row) && row.Expires > Clock.GetUtcNow() ? row : null;

    private sealed record Row(byte[] Payload, DateTimeOffset Expires, long Version);
}

/// <summary>What a text at rest is, by the description of the protocol rather than by its code.</summary>
internal readonly record struct SlotText(string Kind, string? Session)
{
    public static SlotText Of(string? text)
    {
        const string Beginning = "{\"__carry\":\"";
        if (text is null)
        {
            return new("nothing", null);
        }

        if (!text.StartsWith(Beginning, StringComparison.Ordinal))
        {
            return new("record", text);
        }

        var value = text[Beginning.Length..text.IndexOf('"', Beginning.Length)];
        return value.StartsWith("copy ", StringComparison.Ordinal)
            ? new("copy", Encoding.UTF8.GetString(Convert.FromBase64String(value["copy ".Length..])))
            : new(value, null);
    }

    /// <summary>Returns the session that counts: by the rule of one owner.</summary>
    public static string? Owned(SlotText old, SlotText @new) =>
        (old.Kind, @new.Kind) switch
        {
            (_, "record") => @new.Session,
            ("record", _) => old.Session,
            ("moved", "copy") => @new.Session,
            ("copy", "moved") => old.Session,
            _ => null,
        };
}
