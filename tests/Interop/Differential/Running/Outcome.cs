using Session.Interop.Driver;

namespace Session.Interop.Differential.Running;

/// <summary>What one host did with a program.</summary>
internal sealed class Outcome
{
    public List<Exchange> Exchanges { get; } = [];

    /// <summary>The store's sessions after each request.</summary>
    public List<IReadOnlyList<StoredSession>> Stored { get; } = [];
}
