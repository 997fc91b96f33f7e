namespace ServerSessions.Conformance;

/// <summary>The rule of the contract that a call breaks which no order explains.</summary>
internal static class BrokenRule
{
    public static string Of(SessionCalls session, HistoryCall call, IReadOnlyList<SessionState> states, SessionRules rules)
    {
        var live = states.Where(state => !state.IsAbsent && rules.MayLive(state, call)).ToList();
        var found = new Findings(
            session,
            call,
            live,
            HasEnded: states.Any(state => !state.IsAbsent && !rules.MayLive(state, call)),
            WasDestroyed: session.Calls.Exists(other => other.Start < call.End && other.Kind == HistoryCallKind.Destroy)
        );
        return call.Kind switch
        {
            HistoryCallKind.Touch => OfTouch(found),
            HistoryCallKind.TrySet => OfTrySet(found),
            _ => call.Read == HistoryContents.None ? OfAbsence(found) : OfSession(found, rules),
        };
    }

    private static string OfTouch(Findings found) =>
        found.Call.Touched ? found.WhyAbsent(ended: "TCH-05", destroyed: "TCH-04", never: "TCH-03") : "TCH-13";

    private static string OfTrySet(Findings found)
    {
        var (call, live) = (found.Call, found.Live);
        return call.Result switch
        {
            ConditionalSetResult.Stored => live.Count == 0 ? "CND-05"
                : call.Expected == HistoryContents.None ? "CND-02"
                : "CND-04",
            ConditionalSetResult.Missing => "CND-03",
            _ => live.Count == 0 ? (call.Expected == HistoryContents.None ? "CND-01" : "CND-05")
                : found.WasTouched ? "CND-07"
                : "CND-03",
        };
    }

    /// <summary>The session is there, and the call has not seen it.</summary>
    private static string OfAbsence(Findings found)
    {
        if (found.Call is { Via: not null } or { Kind: HistoryCallKind.GetAndTouch })
        {
            return found.Call.Via is null ? "GTT-01" : "ENU-02";
        }

        // Whether it would have ended without a touch, or with what was set before.
        return found.Live.TrueForAll(state => found.WriterOf(state.Content)?.Asked <= found.Call.LatestEver) && found.WasTouched ? "TCH-01"
            : found.Live.Exists(static state => state.Content != HistoryContents.None) && found.HasTimePassed ? "EXP-02"
            : "GSD-11";
    }

    /// <summary>The call has seen a session that cannot be there.</summary>
    private static string OfSession(Findings found, SessionRules rules)
    {
        var call = found.Call;
        if (call.Read == HistoryContents.OfTouch)
        {
            return "TCH-02";
        }

        if (call.Read == HistoryContents.Foreign)
        {
            return "GSD-02";
        }

        if (found.Live.Count == 0)
        {
            return call.Kind == HistoryCallKind.GetAndTouch ? "GTT-04"
                : call.Via is not null ? found.WhyAbsent(ended: "ENU-03", destroyed: "ENU-04", never: "ENU-04")
                : found.WhyAbsent(ended: "EXP-01", destroyed: "GSD-04", never: "GSD-01");
        }

        var same = found.Live.FindAll(state => state.Content == call.Read);
        if (same.Count == 0)
        {
            // The content of a call that said that it wrote nothing, or one that was replaced.
            return found.WriterOf(call.Read) is { IsUnknown: false, Result: ConditionalSetResult.Changed } ? "CND-04"
                : found.WriterOf(call.Read) is { IsUnknown: false, Result: ConditionalSetResult.Missing } ? "CND-05"
                : call.Via is not null ? "ENU-02"
                : "GSD-11";
        }

        if (call.Kind == HistoryCallKind.GetAndTouch)
        {
            return !call.Touched && call.Prefix.IsEmpty ? "GTT-08"
                : call.Touched && !call.Prefix.IsEmpty ? "GTT-02"
                : "GTT-03";
        }

        return call.Via is not null ? "ENU-02"
            : found.WasTouched ? "TCH-09"
            : found.WriterOf(call.Read)?.Asked is null ? "EXP-07"
            : "GSD-02";
    }

    private sealed record Findings(SessionCalls Session, HistoryCall Call, List<SessionState> Live, bool HasEnded, bool WasDestroyed)
    {
        public bool WasTouched =>
            Session.Calls.Exists(other =>
                other.Start < Call.Start && other is { Kind: HistoryCallKind.Touch or HistoryCallKind.GetAndTouch, Touched: true }
            );

        public bool HasTimePassed => Session.Calls.Exists(other => other.Earliest != Call.Earliest);

        public HistoryCall? WriterOf(int content) => Session.Calls.Find(call => call.Written == content && content > HistoryContents.None);

        public string WhyAbsent(string ended, string destroyed, string never) =>
            HasEnded ? ended
            : WasDestroyed ? destroyed
            : Session.Calls.Exists(other => other.Start < Call.Start && other.Written > HistoryContents.None) ? ended
            : never;
    }
}
