using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>docs/performance-micro.md: every figure in it comes from the run that writes it.</summary>
internal static class MicroPage
{
    public static void Write(IEnumerable<Summary> summaries)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Performance of the parts

            Time and allocation of this project's part of a request, without server and backend ([performance](performance.md) has the
            whole). `dotnet run -c Release --project benchmarks/Micro -- --filter '*' --page` writes this page
            ([benchmarks/README.md](../benchmarks/README.md)).

            - Machine: {Machine.Describe()}.
            - Taken on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} with BenchmarkDotNet; the error is the standard error of the mean.
            - Load on this machine before the run (processes that want a processor, mean of a minute): {Machine.LoadAtStart}.

            """
        );
        foreach (var summary in summaries.Where(static summary => summary.Reports.Length > 0))
        {
            Append(text, summary);
        }

        text.Append(
            """

            ## What is measured

            - **Cookie**: signing and verifying a session id. `VerifyPreviousSecret` verifies with the second secret: two tries.
            - **Record**, with that many bytes of text in the session: the scan of the top level, one value found and replaced, the record
              written, and the comparison of all bytes that a commit makes if a request has written the same value.
            - **Value**: values of a session as an application reads and writes them, JSON included.
            - **Request**: whole requests through the pipeline on the memory store, and one without the middleware. `ReadWithoutTouch`
              ends with the decision to store and touch nothing.

            """
        );
        File.WriteAllText(Path.Combine(Repository.Docs, "performance-micro.md"), text.ToString());
    }

    private static void Append(StringBuilder text, Summary summary)
    {
        var name = summary.Reports[0].BenchmarkCase.Descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal);
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## {name}

            | | ns | error | bytes allocated |
            | --- | ---: | ---: | ---: |

            """
        );
        foreach (var report in summary.Reports)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Name(report)} | {Figures(report)} |\n");
        }
    }

    private static string Name(BenchmarkReport report)
    {
        var parameters = report.BenchmarkCase.Parameters.Items;
        return report.BenchmarkCase.Descriptor.WorkloadMethod.Name
            + string.Concat(
                parameters.Select(static parameter =>
                    FormattableString.Invariant($", {parameter.Value:N0} {parameter.Name.ToLowerInvariant()}")
                )
            );
    }

    private static string Figures(BenchmarkReport report) =>
        report.ResultStatistics is { } statistics
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{statistics.Mean:N1} | ± {statistics.StandardError:N1} | "
                    + $"{report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase):N0}"
            )
            : "failed | – | –";
}
