namespace ServerSessions.Conformance;

/// <summary>A call that no order of the calls on its session explains.</summary>
/// <param name="RuleId">The id of the case whose rule is broken, such as <c>TCH-04</c>.</param>
/// <param name="Rule">The rule, as a sentence.</param>
/// <param name="Observed">What the call returned, and what the session could be then.</param>
/// <param name="Timeline">The calls that matter, one a line, each with a bar from its start to its end. No id and no payload.</param>
public sealed record HistoryViolation(string RuleId, string Rule, string Observed, string Timeline)
{
    /// <summary>Returns all of it, over several lines.</summary>
    /// <returns>The rule, what was observed, and the timeline.</returns>
    public override string ToString() => $"{RuleId} {Rule}\n{Observed}\n{Timeline}";

    internal static HistoryViolation Of(
        SessionCalls session,
        HistoryCall call,
        IReadOnlyList<SessionState> states,
        SessionRules rules
    )
    {
        var id = BrokenRule.Of(session, call, states, rules);
        var possible = states.Select(state => HistoryText.Describe(state, call)).Distinct().Order(StringComparer.Ordinal);
        var before = string.Join(" or ", possible);
        return new HistoryViolation(
            id,
            ConformanceCatalogue.Find(id)!.Rule,
            $"{HistoryText.Describe(call)}, by caller {call.Caller}; before it session {session.Name} could be {before}",
            HistoryText.Timeline(session, call, states)
        );
    }
}
