namespace ServerSessions.Conformance;

/// <summary>
/// Searches an order of the calls on one session: Lowe's just-in-time linearization. It goes through the starts and ends in their order
/// and keeps every way in which the calls so far can be explained. A call gets its place at the latest when it ends, so the window of the
/// search is what runs at the same time, however long the history is.
/// </summary>
internal sealed class HistorySearch(SessionCalls session, SessionHistoryOptions options)
{
    // Events between two checkpoints, and how many it goes back at first and then.
    private const int Distance = 32;
    private const int FirstStep = 64;
    private const int Farther = 8;

    private readonly SessionRules _rules = new(options, session.Contents);
    private readonly HistoryCall?[] _running = new HistoryCall?[Explanation.MostRunning];
    private readonly List<HistoryCall> _unknown = [];
    private readonly List<SessionState> _next = [];
    private readonly List<Checkpoint> _checkpoints = [];
    private List<Explanation> _explanations = [new(SessionState.Absent, 0, default)];
    private long _visited;

    private bool HasUnknown => _unknown.Count > 0;

    /// <summary>
    /// Searches at first as if calls of unknown outcome had their effect only if nothing is explained without it. If that leads to a
    /// place that nothing explains, it goes back, farther each time, and tries them at all places on the way.
    /// </summary>
    public HistoryOutcome Run()
    {
        foreach (var call in session.Calls)
        {
            call.Expected = call.ExpectedPayload is { } payload ? session.Contents.Find(payload) : HistoryContents.None;
        }

        List<(HistoryCall Call, bool IsEnd)> events = [.. Events(session.Calls)];
        var (eagerUntil, back) = (-1, FirstStep);
        for (var i = 0; i < events.Count; i++)
        {
            if (i % Distance == 0)
            {
                Remember(i / Distance);
            }

            var (call, isEnd) = events[i];
            var before = _explanations;
            if (isEnd ? End(call, i <= eagerUntil) : Begin(call))
            {
                continue;
            }

            if (!isEnd || _visited > options.MaxStates)
            {
                return Outcome(isUndecided: true);
            }

            if (!HasUnknown || (i <= eagerUntil && back > i))
            {
                List<SessionState> states = [.. before.Select(static one => one.State).Distinct()];
                return Outcome() with { Violation = HistoryViolation.Of(session, call, states, _rules) };
            }

            back = i <= eagerUntil ? back * Farther : FirstStep;
            eagerUntil = Math.Max(eagerUntil, i);
            i = Return(Math.Max(0, i - back)) - 1;
        }

        return Outcome();
    }

    private static IEnumerable<(HistoryCall Call, bool IsEnd)> Events(IReadOnlyCollection<HistoryCall> calls) =>
        calls
            .Select(static call => (Call: call, At: call.Start, IsEnd: false))
            .Concat(calls.Where(static call => !call.IsUnknown).Select(static call => (Call: call, At: call.End, IsEnd: true)))
            .OrderBy(static one => one.At)
            .Select(static one => (one.Call, one.IsEnd));

    private void Remember(int number)
    {
        if (number == _checkpoints.Count)
        {
            _checkpoints.Add(new Checkpoint(_explanations, [.. _running], _unknown.Count));
        }
    }

    /// <summary>Goes back to the last checkpoint before an event.</summary>
    /// <returns>The event that comes next.</returns>
    private int Return(int index)
    {
        var number = index / Distance;
        var checkpoint = _checkpoints[number];
        _checkpoints.RemoveRange(number + 1, _checkpoints.Count - number - 1);
        checkpoint.Running.CopyTo(_running, 0);
        _unknown.RemoveRange(checkpoint.Unknown, _unknown.Count - checkpoint.Unknown);
        _explanations = checkpoint.Explanations;
        return number * Distance;
    }

    /// <summary>Whether an explanation is left in which the call has its place.</summary>
    private bool End(HistoryCall call, bool isEager)
    {
        var slot = Array.IndexOf(_running, call);
        var after = Place(slot, call.LatestEver, isEager);
        if (after.Count == 0 && !isEager && HasUnknown)
        {
            after = Place(slot, call.LatestEver, withUnknown: true);
        }

        if (after.Count == 0 || _visited > options.MaxStates)
        {
            return false;
        }

        _explanations = [.. after.Select(one => one.Without(slot))];
        _running[slot] = null;
        return true;
    }

    /// <summary>Whether there is room for one more call.</summary>
    private bool Begin(HistoryCall call)
    {
        if (call.IsUnknown)
        {
            _unknown.Add(call);
            return _unknown.Count <= Explanation.MostUnknown;
        }

        var slot = Array.IndexOf(_running, null);
        if (slot < 0)
        {
            return false;
        }

        _running[slot] = call;
        _explanations = [.. _explanations.Select(explanation => Observed(explanation, call.Earliest))];
        return true;
    }

    /// <summary>The explanations in which the call has its place: at once, or after others that run.</summary>
    private List<Explanation> Place(int slot, DateTimeOffset until, bool withUnknown)
    {
        var placed = new ExplanationSet();
        var (seen, unseen) = (new ExplanationSet(), new ExplanationSet());
        var open = new Queue<(Explanation Explanation, bool IsUnseen)>();
        foreach (var explanation in _explanations)
        {
            Reach(explanation, isUnseen: false);
        }

        while (open.TryDequeue(out var next) && _visited <= options.MaxStates)
        {
            var (explanation, isUnseen) = next;
            for (var other = 0; other < _running.Length; other++)
            {
                if (_running[other] is not { } call || explanation.Has(other) || (isUnseen && call.IsBlind))
                {
                    continue;
                }

                Extend(explanation, call, state => explanation.With(state, other));
            }

            for (var other = 0; withUnknown && other < _unknown.Count; other++)
            {
                if (!explanation.HasUnknown(other) && !(isUnseen && _unknown[other].IsBlind))
                {
                    Extend(explanation, _unknown[other], state => explanation.WithUnknown(state, other));
                }
            }
        }

        return placed.All;

        void Extend(Explanation explanation, HistoryCall call, Func<SessionState, Explanation> with)
        {
            _visited++;
            _next.Clear();
            _rules.Follow(explanation.State, call, until, _next);
            foreach (var state in _next)
            {
                // An effect that a write covers before anyone has seen it explains nothing.
                var after = Observed(with(state), until);
                Reach(after, isUnseen: after.Unknown != explanation.Unknown && after.Running == explanation.Running);
            }
        }

        void Reach(Explanation explanation, bool isUnseen)
        {
            if (explanation.Has(slot))
            {
                placed.Add(explanation);
            }
            else if (isUnseen ? !seen.Covers(explanation) && unseen.Add(explanation) : seen.Add(explanation))
            {
                open.Enqueue((explanation, isUnseen));
            }
        }
    }

    /// <summary>
    /// Gives all running calls their place that change nothing and can have seen this state. Nothing is lost by it: they could stand
    /// nowhere better.
    /// </summary>
    private Explanation Observed(Explanation explanation, DateTimeOffset until)
    {
        for (var slot = 0; slot < _running.Length; slot++)
        {
            if (
                _running[slot] is { IsObservation: true } call
                && !explanation.Has(slot)
                && _rules.Explains(explanation.State, call, until)
            )
            {
                explanation = explanation.With(explanation.State, slot);
            }
        }

        return explanation;
    }

    /// <summary>Where the search can come back to.</summary>
    private sealed record Checkpoint(List<Explanation> Explanations, HistoryCall?[] Running, int Unknown);

    private HistoryOutcome Outcome(bool isUndecided = false) =>
        new(session.Calls.Count, session.Calls.Count(static call => call.IsUnknown), _visited, isUndecided);
}

/// <summary>What came of the search for one session.</summary>
internal sealed record HistoryOutcome(int Calls, int Unknown, long States, bool IsUndecided)
{
    public HistoryViolation? Violation { get; init; }
}
