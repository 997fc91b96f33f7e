using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>One rule of the contract with its test. Test adapters and reports have a row for each case.</summary>
[DebuggerDisplay("{Id} {Rule}")]
public sealed class ConformanceCase
{
    private const CaseNeeds OfDeclarations =
        CaseNeeds.Touch
        | CaseNeeds.GetAndTouch
        | CaseNeeds.Enumeration
        | CaseNeeds.ConditionalSet
        | CaseNeeds.Prune
        | CaseNeeds.BoundedCalls;

    internal ConformanceCase(
        string id,
        CaseLevel level,
        string rule,
        string why,
        string[] causes,
        CaseNeeds needs,
        Func<CaseContext, Task> body
    )
    {
        Id = id;
        Level = level;
        Rule = rule;
        WhyItMatters = why;
        UsualCauses = causes;
        Needs = needs;
        Body = body;
    }

    /// <summary>The id, such as <c>TCH-04</c>. It is never reused for another case.</summary>
    public string Id { get; }

    /// <summary>The letters of the id in front of the hyphen, which name the subject of the case: <c>TCH</c>.</summary>
    public string Group => Id[..Id.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>The level of the rule: what a failure means for the store.</summary>
    public CaseLevel Level { get; }

    /// <summary>The rule, as a sentence.</summary>
    public string Rule { get; }

    /// <summary>The consequence for a signed-in user if a store breaks the rule.</summary>
    public string WhyItMatters { get; }

    /// <summary>The usual causes of a failure in a store.</summary>
    public IReadOnlyList<string> UsualCauses { get; }

    /// <summary>The abilities that the case needs beyond get, set and destroy. If one is missing, the case is not run.</summary>
    public CaseNeeds Needs { get; }

    /// <summary>Whether the case races calls against each other: one passing run is no proof, a failing one is.</summary>
    public bool IsStochastic { get; init; }

    /// <summary>Whether the case needs a store that no other case has used.</summary>
    internal bool OwnStore { get; init; }

    /// <summary>Whether the case makes a fault if the harness can, and still checks something if it cannot.</summary>
    internal bool MayBreak { get; init; }

    /// <summary>Whether a failure can only be the harness's, so that no other case can judge the store.</summary>
    internal bool BlamesHarness { get; init; }

    /// <summary>
    /// Whether a failure keeps a store from conforming: always, except of a recommended rule that asks for no interface. A store is held
    /// to what it declares.
    /// </summary>
    internal bool Counts => Level != CaseLevel.Recommended || (Needs & OfDeclarations) != 0;

    internal Func<CaseContext, Task> Body { get; }

    /// <summary>Returns the id and the rule.</summary>
    /// <returns><c>TCH-04 …</c></returns>
    public override string ToString() => $"{Id} {Rule}";
}
