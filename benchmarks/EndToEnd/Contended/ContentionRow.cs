using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Benchmarks.EndToEnd.Serving;

namespace ServerSessions.Benchmarks.EndToEnd.Contended;

/// <summary>The measurements of so many connections that write to one session of so many processes.</summary>
internal sealed record ContentionRow(Backend Backend, int Processes, int Connections)
{
    private readonly List<double> _reads = [];
    private readonly List<double> _writes = [];

    public Series Load { get; } = new();

    /// <summary>Attempts to store for each request, those that met another one's write included: the median.</summary>
    public double Writes => Figures.Median(_writes);

    /// <summary>How many times the median latency the slowest percent takes.</summary>
    public double Spread => Load.P50 > 0 ? Load.P99 / Load.P50 : 0;

    public void Add(LoadResult result, StoreCallNumbers calls)
    {
        Load.Add(result);
        _reads.Add((double)calls.Reads / Math.Max(1, result.Answers));
        _writes.Add((double)calls.Writes / Math.Max(1, result.Answers));
    }

    /// <summary>Medians.</summary>
    public static string Table(IEnumerable<ContentionRow> rows)
    {
        var text = new StringBuilder(
            """

            | backend | processes | connections | requests/s | writes a request | reads a request | p50 ms | p99 ms | p99 of p50 | errors |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (var row in rows)
        {
            var (load, reads) = (row.Load, Figures.Median(row._reads));
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {BackendNames.Of(row.Backend)} | {row.Processes} | {row.Connections} | {load.Median:N0} | {row.Writes:0.00} | "
                    + $"{reads:0.00} | {load.P50:0.0} | {load.P99:0.0} | {row.Spread:0.0} × | {load.Errors} |\n"
            );
        }

        return text.ToString();
    }
}
