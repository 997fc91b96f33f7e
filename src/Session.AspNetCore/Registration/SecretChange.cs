namespace ServerSessions;

/// <summary>What a reload brings to the sessions of one name: other secrets, the same ones, or a reason to keep those in use.</summary>
/// <param name="Of">The sessions.</param>
/// <param name="Next">The runtime with the other secrets; <see langword="null"/> if those in use stay.</param>
/// <param name="Refusal">Why those in use stay; <see langword="null"/> if nothing was refused. Contains no secret.</param>
internal sealed record SecretChange(SessionRuntimes Of, SessionRuntime? Next, string? Refusal)
{
    /// <summary>The secrets that the sessions would have.</summary>
    public IReadOnlyList<string> Secrets => (Next ?? Of.Current).Secrets;

    /// <summary>Returns the change without other secrets, if it has some.</summary>
    public SecretChange Refuse(string refusal) => Next is null ? this : this with { Next = null, Refusal = refusal };

    /// <summary>Uses the other secrets from the next request on, or logs why they are refused.</summary>
    public void Apply(bool logsRefusal)
    {
        if (Next is not null)
        {
            Of.Use(Next);
        }
        else if (Refusal is not null && logsRefusal)
        {
            Log.SecretsRefused(Of.Current.Logger, Refusal);
        }
    }
}
