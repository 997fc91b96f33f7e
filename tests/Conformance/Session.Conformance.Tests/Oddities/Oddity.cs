namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>A store that is unusual and keeps the contract: every case must accept it, or leave it alone.</summary>
internal sealed record Oddity(string Name, Func<SessionStoreHarness> Harness)
{
    public override string ToString() => Name;
}
