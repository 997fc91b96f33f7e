namespace ServerSessions.Conformance;

/// <summary>One difference between the rule and what was observed.</summary>
/// <param name="Expected">What the contract says.</param>
/// <param name="Observed">What was observed.</param>
public sealed record Finding(string Expected, string Observed)
{
    /// <summary>What the contract says.</summary>
    public string Expected
    {
        get;
        init => field = PrintableText.Of(value);
    } = PrintableText.Of(Expected);

    /// <summary>What was observed.</summary>
    public string Observed
    {
        get;
        init => field = PrintableText.Of(value);
    } = PrintableText.Of(Observed);
}
