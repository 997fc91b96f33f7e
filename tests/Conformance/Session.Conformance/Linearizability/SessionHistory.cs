namespace ServerSessions.Conformance;

/// <summary>
/// Records calls on the stores of one space with their starts, ends and results, and judges whether they are linearizable: for each
/// session one order of its calls, with each call between its start and its end, must explain all results.
/// </summary>
/// <remarks>
/// A call that failed or was cancelled may have taken effect, may take effect later, or never does; the search tries all three. The space
/// must be empty at first, and all its callers must be of this history. Safe for concurrent use while calls are recorded.
/// </remarks>
public sealed class SessionHistory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SessionCalls> _sessions = new(StringComparer.Ordinal);
    private DateTimeOffset _latest = DateTimeOffset.MinValue;
    private int _events;

    /// <summary>Initializes a new instance of <see cref="SessionHistory"/> without calls.</summary>
    /// <param name="options">What is known of the store; <see langword="null"/>: the defaults.</param>
    public SessionHistory(SessionHistoryOptions? options = null) => Options = options ?? new SessionHistoryOptions();

    internal SessionHistoryOptions Options { get; }

    /// <summary>The sessions in the order in which they were first called.</summary>
    internal IReadOnlyList<SessionCalls> Sessions
    {
        get
        {
            lock (_lock)
            {
                return [.. _sessions.Values];
            }
        }
    }

    /// <summary>Returns a caller of a store. Calls that are made with it become part of the history.</summary>
    /// <param name="store">The store. Several stores on the same space, such as those of two instances, may have callers.</param>
    /// <param name="name">The name of the caller in counterexamples: a few characters.</param>
    /// <returns>The caller.</returns>
    public HistoryCaller Caller(ISessionStore store, string name)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new HistoryCaller(this, store, name);
    }

    /// <summary>
    /// Searches for an order of the calls that were made so far, for each session by itself. Calls that have not ended count as calls
    /// whose outcome is unknown.
    /// </summary>
    /// <returns>The verdict. Its violations have no session id and no payload.</returns>
    public HistoryVerdict Judge() => HistoryVerdict.Of([.. Sessions.Select(session => new HistorySearch(session, Options).Run())]);

    /// <summary>Records the start of a call, which a function makes with the number of what is written.</summary>
    internal HistoryCall Begin(string sid, ReadOnlyMemory<byte>? written, Func<HistoryStart, HistoryCall> make)
    {
        lock (_lock)
        {
            var session = Find(sid);
            var call = make(
                new HistoryStart(
                    _events++,
                    Read(),
                    written is { } payload ? session.Contents.Write(payload) : HistoryContents.None
                )
            );
            session.Calls.Add(call);
            return call;
        }
    }

    /// <summary>The present place between two calls, to come back to when all calls are known.</summary>
    internal HistoryMoment Moment()
    {
        lock (_lock)
        {
            return new HistoryMoment(_events, Read(), _latest);
        }
    }

    /// <summary>The least and the most sessions that can have been there at a moment.</summary>
    internal (int Least, int Most) CountAt(HistoryMoment moment)
    {
        var sessions = Sessions;
        return (sessions.Count(session => !Can(session, there: false)), sessions.Count(session => Can(session, there: true)));

        bool Can(SessionCalls session, bool there) => new HistorySearch(session.Until(moment, there), Options).Run().Violation is null;
    }

    /// <summary>Notes the content that a touch is given, and must not store.</summary>
    internal void Touch(string sid, ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            Find(sid).Contents.Touch(payload);
        }
    }

    /// <summary>Records the end of a call with its result.</summary>
    internal void End(HistoryCall call, string sid, Action<HistoryCall, SessionCalls> result)
    {
        lock (_lock)
        {
            var now = Read();
            call.Latest = now > call.Earliest ? now : call.Earliest;
            call.Earliest = now < call.Earliest ? now : call.Earliest;
            call.LatestEver = _latest;
            result(call, Find(sid));
            call.End = _events++;
        }
    }

    /// <summary>Takes out a call that had no effect: refused, or a read that failed.</summary>
    internal void Forget(HistoryCall call, string sid)
    {
        lock (_lock)
        {
            Find(sid).Calls.Remove(call);
        }
    }

    private DateTimeOffset Read()
    {
        var now = Options.Clock.GetUtcNow();
        _latest = now > _latest ? now : _latest;
        return now;
    }

    private SessionCalls Find(string sid)
    {
        if (!_sessions.TryGetValue(sid, out var session))
        {
            var name = (char)('A' + (_sessions.Count % 26)) + (_sessions.Count < 26 ? "" : $"{_sessions.Count / 26}");
            session = new SessionCalls(sid, name, new HistoryContents(Options.Fidelity));
            _sessions.Add(sid, session);
        }

        return session;
    }
}

/// <summary>A place in the order of starts and ends, with the reading of the clock and the highest one so far.</summary>
internal readonly record struct HistoryMoment(int Order, DateTimeOffset Now, DateTimeOffset Latest);

/// <summary>What is known of a call when it begins.</summary>
internal readonly record struct HistoryStart(int Order, DateTimeOffset At, int Written);

/// <summary>The part of a history that is about one session.</summary>
internal sealed record SessionCalls(string Sid, string Name, HistoryContents Contents)
{
    /// <summary>In the order of their starts.</summary>
    public List<HistoryCall> Calls { get; private init; } = [];

    /// <summary>The calls before a moment, and at last one that finds a session or none and changes nothing.</summary>
    public SessionCalls Until(HistoryMoment moment, bool isThere)
    {
        var look = new HistoryCall(HistoryCallKind.Touch, "look")
        {
            Start = moment.Order,
            End = moment.Order + 1,
            Earliest = moment.Now,
            Latest = moment.Now,
            LatestEver = moment.Latest,
            Touched = isThere,
        };
        return this with { Calls = [.. Calls.Where(call => call.Start < moment.Order), look] };
    }
}
