namespace Session.Conformance;

/// <summary>One thing that was not as the rule says.</summary>
/// <param name="Expected">What the contract says.</param>
/// <param name="Observed">What was seen.</param>
public sealed record Finding(string Expected, string Observed);
