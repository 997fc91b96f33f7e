namespace ServerSessions.Conformance;

/// <summary>
/// The contract of one session as a state machine: which states can follow a call that ended as it did. Time enters by the instants
/// between which the call ran, so that no clock has to be read at the moment of its effect.
/// </summary>
internal sealed class SessionRules(SessionHistoryOptions options, HistoryContents contents)
{
    private static readonly long Precision = TimeSpan.TicksPerMillisecond;

    private readonly long _slack = options.ClockSlack.Ticks;
    private readonly long _unit = options.Granularity.Ticks;

    /// <summary>Adds the states in which the call may have left the session.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="call">The call.</param>
    /// <param name="until">The highest reading of the clock until its effect: that of a call without an end may come later.</param>
    /// <param name="next">Where the states are added.</param>
    public void Follow(SessionState state, HistoryCall call, DateTimeOffset until, List<SessionState> next)
    {
        if (state.IsAbsent)
        {
            OnAbsent(call, SessionState.Absent, until, next);
            return;
        }

        if (MayLive(state, call))
        {
            OnLive(state, call, until, next);
        }

        if (HasEnded(state, call, until))
        {
            // A call that began before the expiry may have read the clock then, and still find the session.
            OnAbsent(call, state, until, next);
        }
        else if (MayHaveEnded(state, call, until))
        {
            OnAbsent(call, SessionState.Absent, until, next);
        }
    }

    /// <summary>Whether a call that changes nothing can have seen this state.</summary>
    public bool Explains(SessionState state, HistoryCall call, DateTimeOffset until) =>
        state.IsAbsent
            ? SeesAbsence(call)
            : (MayLive(state, call) && SeesLive(state, call)) || (HasEnded(state, call, until) && SeesAbsence(call));

    /// <summary>Whether an expiry that was read is the one of a state.</summary>
    public bool HasExpiry(SessionState state, DateTimeOffset? read) =>
        read is { } expires && expires.UtcTicks >= state.Earliest - _slack && expires.UtcTicks < Above(state.Latest);

    /// <summary>Whether the expiry was still to come when the call began.</summary>
    public bool MayLive(SessionState state, HistoryCall call) => call.Earliest.UtcTicks < Add(RoundedUp(state.Latest), _slack);

    /// <summary>Whether the expiry had come when the call ended.</summary>
    private bool HasEnded(SessionState state, HistoryCall call, DateTimeOffset until) =>
        Earlier(call.Latest, until).UtcTicks >= state.Earliest - _slack;

    /// <summary>Whether it had come at any time until then: a clock that was set back since does not bring back what was removed.</summary>
    private bool MayHaveEnded(SessionState state, HistoryCall call, DateTimeOffset until) =>
        Earlier(call.LatestEver, until).UtcTicks >= state.Earliest - _slack;

    /// <summary>Adds what follows if the call finds no session.</summary>
    /// <param name="call">The call.</param>
    /// <param name="left">The state that stays if the call changes nothing.</param>
    /// <param name="until">See <see cref="Follow"/>.</param>
    /// <param name="next">Where the states are added.</param>
    private void OnAbsent(HistoryCall call, SessionState left, DateTimeOffset until, List<SessionState> next)
    {
        switch (call.Kind)
        {
            case HistoryCallKind.Set:
            case HistoryCallKind.TrySet when call.Expected == HistoryContents.None && MayHaveStored(call):
                next.Add(Written(call, until));
                if (call is { Kind: HistoryCallKind.TrySet, Result: ConditionalSetResult.Uncertain, IsUnknown: false })
                {
                    next.Add(left);
                }

                break;
            case HistoryCallKind.Destroy:
                next.Add(SessionState.Absent);
                break;
            default:
                if (call.IsUnknown || SeesAbsence(call))
                {
                    next.Add(left);
                }

                break;
        }
    }

    private static bool SeesAbsence(HistoryCall call) =>
        call.Kind switch
        {
            HistoryCallKind.Get => call.Read == HistoryContents.None,
            HistoryCallKind.Touch => !call.Touched,
            HistoryCallKind.GetAndTouch => call.Read == HistoryContents.None && !call.Touched,
            HistoryCallKind.TrySet => call.Result switch
            {
                ConditionalSetResult.Missing => call.Expected != HistoryContents.None,
                ConditionalSetResult.Uncertain => true,
                _ => false,
            },
            _ => false,
        };

    private void OnLive(SessionState state, HistoryCall call, DateTimeOffset until, List<SessionState> next)
    {
        switch (call.Kind)
        {
            case HistoryCallKind.Set:
                next.Add(Written(call, until));
                break;
            case HistoryCallKind.Destroy:
                next.Add(SessionState.Absent);
                break;
            case HistoryCallKind.Touch when call.Touched || call.IsUnknown:
                next.Add(Moved(state, call, until));
                break;
            case HistoryCallKind.GetAndTouch:
                GetAndTouchLive(state, call, until, next);
                break;
            case HistoryCallKind.TrySet:
                TrySetLive(state, call, until, next);
                break;
            default:
                if (SeesLive(state, call))
                {
                    next.Add(state);
                }

                break;
        }
    }

    private void GetAndTouchLive(SessionState state, HistoryCall call, DateTimeOffset until, List<SessionState> next)
    {
        var (moves, leaves) = contents.TouchOf(state.Content, call.Prefix);
        var moved = Moved(state, call, until);
        if (moves && call.IsUnknown)
        {
            next.Add(moved);
        }
        else if (moves && call.Touched && call.Read == state.Content && HasExpiry(moved, call.ReadExpires))
        {
            next.Add(moved);
        }
        else if (moves && call is { Touched: false, Read: HistoryContents.None } && MayHaveEnded(moved, call, until))
        {
            // As after a touch, a store may leave the session to prune: it is there again if the clock is set back.
            next.Add(SessionState.Absent);
            next.Add(moved);
        }
        else if (leaves && SeesLive(state, call))
        {
            next.Add(state);
        }
    }

    private void TrySetLive(SessionState state, HistoryCall call, DateTimeOffset until, List<SessionState> next)
    {
        if (MayHaveStored(call) && call.Expected == state.Content)
        {
            next.Add(Written(call, until));
        }

        if (!call.IsUnknown && SeesLive(state, call))
        {
            next.Add(state);
        }
    }

    private bool SeesLive(SessionState state, HistoryCall call) =>
        call.Kind switch
        {
            HistoryCallKind.Get => call.Read == state.Content && HasExpiry(state, call.ReadExpires),
            HistoryCallKind.GetAndTouch => call is { IsUnknown: false, Touched: false }
                && call.Read == state.Content
                && HasExpiry(state, call.ReadExpires)
                && contents.TouchOf(state.Content, call.Prefix).Leaves,
            HistoryCallKind.TrySet => call.Result switch
            {
                ConditionalSetResult.Changed => call.Expected != state.Content || contents.IsRepeated(state.Content),
                ConditionalSetResult.Uncertain => true,
                _ => false,
            },
            _ => false,
        };

    private static bool MayHaveStored(HistoryCall call) =>
        call.IsUnknown || call.Result is ConditionalSetResult.Stored or ConditionalSetResult.Uncertain;

    private SessionState Written(HistoryCall call, DateTimeOffset until) => Moved(new SessionState(call.Written, 0, 0), call, until);

    private SessionState Moved(SessionState state, HistoryCall call, DateTimeOffset until)
    {
        if (call.Asked is { } asked)
        {
            return state with { Earliest = asked.UtcTicks, Latest = asked.UtcTicks };
        }

        // Counted from a moment of the call, which a store may know to the millisecond only.
        var life = options.DefaultLifetime.Ticks;
        return state with
        {
            Earliest = call.Earliest.UtcTicks + life - Precision,
            Latest = Add(Earlier(call.Latest, until).UtcTicks, life + Precision),
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private long Above(long latest) => Add(RoundedUp(latest), _slack + 1);

    private long RoundedUp(long ticks) => Add(ticks, _unit - 1) / _unit * _unit;

    /// <summary>The sum; an instant that never comes stays one.</summary>
    private static long Add(long ticks, long more) =>
        ticks > DateTimeOffset.MaxValue.UtcTicks - more ? DateTimeOffset.MaxValue.UtcTicks : ticks + more;
}
