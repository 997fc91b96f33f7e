namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// Whether one thing grows with another, by their ranks (Spearman): for any distribution, and however far outliers lie out, the score
/// of what is independent is that of a standard normal.
/// </summary>
internal static class RankCorrelation
{
    /// <summary>The score: chance alone is beyond 5 once in 1.7 million.</summary>
    public static double Score(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        var (a, b) = (Ranks(left), Ranks(right));
        var mean = (left.Count + 1) / 2.0;
        var (product, squaresA, squaresB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            squaresA += (a[i] - mean) * (a[i] - mean);
            squaresB += (b[i] - mean) * (b[i] - mean);
        }

        return product / Math.Sqrt(squaresA * squaresB) * Math.Sqrt(a.Length - 1);
    }

    /// <summary>Places in the order, from 1; equal values share the mean of theirs.</summary>
    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[order.Length];
        for (var first = 0; first < order.Length;)
        {
            var next = first + 1;
            while (next < order.Length && values[order[next]].Equals(values[order[first]]))
            {
                next++;
            }

            for (var i = first; i < next; i++)
            {
                ranks[order[i]] = (first + 1 + next) / 2.0;
            }

            first = next;
        }

        return ranks;
    }
}
