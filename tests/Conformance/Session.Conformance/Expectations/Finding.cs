namespace ServerSessions.Conformance;

/// <summary>One thing that was not as the rule says.</summary>
/// <param name="Expected">What the contract says.</param>
/// <param name="Observed">What was seen.</param>
public sealed record Finding(string Expected, string Observed)
{
    /// <summary>What the contract says.</summary>
    public string Expected
    {
        get;
        init => field = PrintableText.Of(value);
    } = PrintableText.Of(Expected);

    /// <summary>What was seen.</summary>
    public string Observed
    {
        get;
        init => field = PrintableText.Of(value);
    } = PrintableText.Of(Observed);
}
