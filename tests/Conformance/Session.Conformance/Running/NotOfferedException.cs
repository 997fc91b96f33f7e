namespace ServerSessions.Conformance;

/// <summary>The case needs something that the store or the harness does not offer.</summary>
internal sealed class NotOfferedException(string what) : Exception(what)
{
    /// <summary>Whether the rule is only for stores that claim an ability, and this one does not.</summary>
    public bool IsNotDeclared { get; init; }
}
