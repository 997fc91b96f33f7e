using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Contended;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>All connections write to one session: what it costs that no write is lost.</summary>
internal static class ContentionTable
{
    private const int Writers = 32;
    private const double SpreadAtMost = 5;

    private static readonly (int Processes, double AtMost)[] WritesAtMost = [(1, 2), (3, 4)];

    public static void Append(StringBuilder text, RunResults results)
    {
        if (results.Contention.Count == 0)
        {
            return;
        }

        text.Append(
            """
            ## One session for all connections

            Every request reads a value of the same session and writes it, in one process or three. In each process the writers take turns,
            and each applies its changed keys to what the one in front has stored
            ([ADR 59](adr/0059-writers-of-one-session-take-turns-in-a-process.md)). No request reverts what another has written to other
            keys; the wait is the cost.

            """
        );
        text.Append(ContentionRow.Table(results.Contention));
        text.Append(
            """

            | goal | backend | processes | target | measured | |
            | --- | --- | ---: | ---: | ---: | --- |

            """
        );
        foreach (var rows in results.Contention.Where(static row => row.Load.IsValid).GroupBy(static row => (row.Backend, row.Processes)))
        {
            foreach (var (_, atMost) in WritesAtMost.Where(goal => goal.Processes == rows.Key.Processes))
            {
                AppendGoal(text, "writes a request, the most", rows.Key, atMost, "", rows.Max(static row => row.Writes));
            }

            foreach (var row in rows.Where(static row => row.Connections == Writers))
            {
                AppendGoal(text, $"p99 of p50, {Writers} writers", rows.Key, SpreadAtMost, " ×", row.Spread);
            }
        }

        text.Append('\n');
    }

    private static void AppendGoal(
        StringBuilder text,
        string goal,
        (Backend Backend, int Processes) where,
        double atMost,
        string unit,
        double measured
    ) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {goal} | {BackendNames.Of(where.Backend)} | {where.Processes} | at most {atMost}{unit} | {measured:0.0}{unit} | "
                + $"{(measured <= atMost ? "met" : "**missed**")} |\n"
        );
}
