using System.Globalization;

namespace ServerSessions.Trust.Tests.Soak;

/// <summary>Whether something grows: the median of the first and of the last third of its values, which an outlier does not move.</summary>
internal sealed class Trend(IReadOnlyList<long> values)
{
    /// <summary>The median of the first third.</summary>
    public long First { get; } = Median(values.Take(values.Count / 3));

    /// <summary>The median of the last third.</summary>
    public long Last { get; } = Median(values.TakeLast(values.Count / 3));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:N0} -> {Last:N0}");

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
