using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>One rule of the contract with the test of it. Rows of adapters, reports and pages are made from these.</summary>
[DebuggerDisplay("{Id} {Rule}")]
public sealed class ConformanceCase
{
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

    /// <summary>The id, which is never used for another case: <c>TCH-04</c>.</summary>
    public string Id { get; }

    /// <summary>The first three letters of the id: what the case is about.</summary>
    public string Group => Id[..Id.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>What it means when the case fails.</summary>
    public CaseLevel Level { get; }

    /// <summary>The rule, as a sentence.</summary>
    public string Rule { get; }

    /// <summary>What a signed-in user meets where the rule is broken.</summary>
    public string WhyItMatters { get; }

    /// <summary>What is usually wrong in the store.</summary>
    public IReadOnlyList<string> UsualCauses { get; }

    /// <summary>What the case needs beyond get, set and destroy. Where that is not there the case is not run.</summary>
    public CaseNeeds Needs { get; }

    /// <summary>Whether the case races calls against each other: one passing run is no proof, a failing one is.</summary>
    public bool IsStochastic { get; init; }

    /// <summary>Whether the case needs a store that no other case has used.</summary>
    internal bool OwnStore { get; init; }

    /// <summary>Whether the case makes a fault where the harness can, and has something to say where it cannot.</summary>
    internal bool MayBreak { get; init; }

    internal Func<CaseContext, Task> Body { get; }

    /// <summary>The id and the rule.</summary>
    /// <returns><c>TCH-04 …</c></returns>
    public override string ToString() => $"{Id} {Rule}";
}
