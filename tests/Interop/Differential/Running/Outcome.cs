using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Running;

/// <summary>What one host did with a program.</summary>
internal sealed class Outcome
{
    /// <summary>How long it took; so far apart can the instants be that two hosts took for the same.</summary>
    public TimeSpan Elapsed { get; set; }

    public List<Exchange> Exchanges { get; } = [];

    /// <summary>The store's sessions after each request.</summary>
    public List<IReadOnlyList<StoredSession>> Stored { get; } = [];
}
