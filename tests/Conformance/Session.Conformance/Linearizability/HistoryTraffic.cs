using System.Globalization;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>
/// Makes random calls with a <see cref="HistoryCaller"/>: all that its store can do on one session, each write with a content of its own.
/// </summary>
/// <remarks>For one caller at a time: several of them make the calls that run at the same time.</remarks>
public sealed class HistoryTraffic
{
    private readonly HistoryCaller _caller;
    private readonly Random _random;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, SessionRecord?> _seen = new(StringComparer.Ordinal);
    private int _count;
    private bool _wrote;

    /// <summary>Initializes a new instance of <see cref="HistoryTraffic"/>.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="random">What chooses the calls: the same seed chooses the same ones.</param>
    /// <param name="clock">The clock that expiries are counted from: that of the history.</param>
    public HistoryTraffic(HistoryCaller caller, Random random, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(clock);
        (_caller, _random, _clock) = (caller, random, clock);
    }

    /// <summary>
    /// The lives of sessions that are stored and touched; <see langword="null"/> is the default lifetime, and zero ends a session.
    /// </summary>
    /// <value>At least one. Default: one and two hours, one hour by default.</value>
    public IReadOnlyList<TimeSpan?> Lives { get; init; } = [TimeSpan.FromHours(1), TimeSpan.FromHours(2), null];

    /// <summary>The largest number of bytes that fill up a payload.</summary>
    /// <value>Zero or more. Default zero.</value>
    public int Filling { get; init; }

    /// <summary>The member of the store that was called last; empty before the first.</summary>
    public string Member { get; private set; } = "";

    /// <summary>Makes a random call on a session.</summary>
    /// <param name="sid">The session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes with the call, and throws what the store throws.</returns>
    public async Task NextAsync(string sid, CancellationToken cancellationToken = default)
    {
        // Who reads right after a write sees a store that lags.
        var dice = _wrote && _random.Next(2) == 0 ? 0 : _random.Next(20);
        _wrote = dice >= 6;
        switch (dice)
        {
            case < 6:
                Member = nameof(ISessionStore.GetAsync);
                _seen[sid] = await _caller.GetAsync(sid, cancellationToken);
                break;
            case < 8:
                Member = nameof(ISessionStore.DestroyAsync);
                await _caller.DestroyAsync(sid, cancellationToken);
                break;
            case < 10 when _caller.Store is ITouchableSessionStore:
                Member = nameof(ITouchableSessionStore.TouchAsync);
                await _caller.TouchAsync(sid, NextRecord(), cancellationToken);
                break;
            case < 13 when _caller.Store is IGetAndTouchSessionStore:
                Member = nameof(IGetAndTouchSessionStore.GetAndTouchAsync);
                _seen[sid] = (await _caller.GetAndTouchAsync(sid, NextPlan(), cancellationToken)).Record;
                break;
            case < 17 when _caller.Store is IConditionalSessionStore:
                Member = nameof(IConditionalSessionStore.TrySetAsync);
                await TrySetAsync(sid, cancellationToken);
                break;
            default:
                Member = nameof(ISessionStore.SetAsync);
                await _caller.SetAsync(sid, NextRecord(), cancellationToken);
                break;
        }
    }

    /// <summary>Returns a session with a content that no other call has.</summary>
    /// <returns>The record.</returns>
    public SessionRecord NextRecord()
    {
        var expires = NextExpiry();
        var document = new SessionDocument(new SessionCookie(_clock) { Expires = expires }.ToJson());
        document.SetJson("value", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{_caller.Name}{++_count}\"")));
        document.SetJson("filling", Encoding.UTF8.GetBytes($"\"{new string('x', _random.Next(Filling + 1))}\""));
        return SessionRecord.TakeOwnership(document.ToPayload(), expires);
    }

    private async Task TrySetAsync(string sid, CancellationToken cancellationToken)
    {
        // What was seen last is what is expected most often; and now and then nothing is.
        var expected = _random.Next(4) == 0 ? null : _seen.GetValueOrDefault(sid);
        var record = NextRecord();
        if (await _caller.TrySetAsync(sid, record, expected, cancellationToken) == ConditionalSetResult.Stored)
        {
            _seen[sid] = record;
        }
    }

    private SessionTouchPlan NextPlan() =>
        new()
        {
            Expires = NextExpiry(),
            Prefix = _random.Next(3) switch
            {
                0 => "{\"no session begins so"u8.ToArray(),
                1 => "{\"cookie\":{"u8.ToArray(),
                _ => default,
            },
        };

    private DateTimeOffset? NextExpiry()
    {
        if (Lives[_random.Next(Lives.Count)] is not { } life)
        {
            return null;
        }

        var now = _clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)) + life;
    }
}
