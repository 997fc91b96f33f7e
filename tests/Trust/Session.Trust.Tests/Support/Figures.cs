using System.Globalization;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Times, put in a line.</summary>
internal static class Figures
{
    public static double Percentile(this IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100) - 1, 0, sorted.Count - 1)];
    }

    public static string Milliseconds(this IReadOnlyCollection<double> values) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{values.Count} x: median {values.Percentile(50):0.0} ms, p99 {values.Percentile(99):0.0} ms, longest "
                + $"{values.Percentile(100):0.0} ms"
        );
}
