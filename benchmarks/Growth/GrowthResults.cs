using ServerSessions.Benchmarks.Growth.Measuring;

namespace ServerSessions.Benchmarks.Growth;

/// <summary>A store at one size.</summary>
/// <param name="Backend">Which.</param>
/// <param name="Sessions">The sessions in it.</param>
/// <param name="Gets">One get at a time.</param>
/// <param name="Sets">One set at a time.</param>
/// <param name="Listing">A count and streams.</param>
/// <param name="BytesInProcess">What this process holds for a session: the store's alone.</param>
internal sealed record Stop(Backend Backend, long Sessions, Percentiles Gets, Percentiles Sets, Listing Listing, double BytesInProcess);

/// <summary>Everything that one run has found.</summary>
internal sealed class GrowthResults
{
    public List<Stop> Stops { get; } = [];

    public Dictionary<Backend, Pruning> Prunings { get; } = [];

    /// <summary>What was left out, and why: sentences.</summary>
    public List<string> LeftOut { get; } = [];

    public int PayloadLength { get; set; }
}
