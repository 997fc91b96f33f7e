using System.Diagnostics;

namespace ServerSessions.Benchmarks.Growth.Measuring;

/// <summary>How long calls took, in microseconds.</summary>
internal sealed record Percentiles(int Count, double P50, double P99);

/// <summary>How long each call took; what is kept of it is <see cref="Percentiles"/>, for the memory of a run is measured too.</summary>
internal sealed class Latency
{
    private readonly List<long> _ticks = [];

    public void Since(long start) => _ticks.Add(Stopwatch.GetTimestamp() - start);

    public void AddAll(Latency other) => _ticks.AddRange(other._ticks);

    public Percentiles ToPercentiles()
    {
        _ticks.Sort();
        return new Percentiles(_ticks.Count, Microseconds(0.5), Microseconds(0.99));
    }

    private double Microseconds(double share) => Figures.Percentile(_ticks, share) * 1e6 / Stopwatch.Frequency;
}
