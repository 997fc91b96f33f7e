using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>What this project wants to reach, as ratios in one run on two cores.</summary>
internal static class Targets
{
    private const double OfGroupCommits = 0.5;

    private static readonly int[] Sizes = [200, 4096, 65536];

    /// <summary>For each of the sizes.</summary>
    private static readonly (RequestKind Kind, Backend Backend, Contender To, double[] AtLeast)[] BySize =
    [
        (RequestKind.Read, Backend.Redis, Contender.Floor, [0.9, 0.9, 0.8]),
        (RequestKind.ReadWrite, Backend.Redis, Contender.Floor, [0.75, 0.7, 0.55]),
        (RequestKind.ReadWrite, Backend.Redis, Contender.AspNetCore, [1.5, 1.4, 1.1]),
        (RequestKind.ReadWrite, Backend.Redis, Contender.Express, [4, 4, 4]),
        (RequestKind.Read, Backend.Valkey, Contender.Floor, [0.9, 0.9, 0.8]),
        (RequestKind.ReadWrite, Backend.Valkey, Contender.Floor, [0.85, 0.85, 0.7]),
        (RequestKind.ReadWrite, Backend.Valkey, Contender.AspNetCore, [1.7, 1.7, 1.5]),
        (RequestKind.ReadWrite, Backend.Valkey, Contender.Express, [4.5, 4.5, 4.5]),
    ];

    private static readonly (RequestKind Kind, Backend Backend, Contender To, double AtLeast)[] All =
    [
        (RequestKind.Read, Backend.Postgres, Contender.Floor, 0.8),
        (RequestKind.ReadWrite, Backend.Postgres, Contender.Floor, 0.8),
        (RequestKind.Read, Backend.MySql, Contender.Floor, 0.8),
        (RequestKind.ReadWrite, Backend.MySql, Contender.Floor, 0.8),
        (RequestKind.Read, Backend.Memory, Contender.AspNetCore, 1.5),
        (RequestKind.ReadWrite, Backend.Memory, Contender.AspNetCore, 1.5),
        (RequestKind.Read, Backend.Sqlite, Contender.Express, 5),
        (RequestKind.ReadWrite, Backend.Sqlite, Contender.Express, 5),
        (RequestKind.Read, Backend.File, Contender.Express, 3),
        (RequestKind.ReadWrite, Backend.File, Contender.Express, 3),
        (RequestKind.NoSession, Backend.Memory, Contender.Floor, 0.97),
    ];

    public static void Append(StringBuilder text, RunResults results, RunOptions options)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            ## Targets

            This project compared with another in the same run, at {options.Main.Connections} connections: the measured ratio and the target.

            | request | backend | beside | {string.Join(" | ", Sizes.Select(static size => FormattableString.Invariant($"{size:N0} bytes")))} |
            | --- | --- | --- | --- | --- | --- |

            """
        );
        foreach (var (kind, backend, to, atLeast) in BySize)
        {
            var cells = Sizes.Zip(
                atLeast,
                (size, target) =>
                    Cell(
                        target,
                        results.Ratio(new Subject(options.Main with { PayloadBytes = size }, kind, backend, Contender.ThisProject), to)
                    )
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Names.Of(kind)} | {BackendNames.Of(backend)} | {Names.Of(to)} | {string.Join(" | ", cells)} |\n"
            );
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            At {options.Main.PayloadBytes:N0} bytes:

            | request | backend | beside | target | measured | |
            | --- | --- | --- | ---: | ---: | --- |

            """
        );
        foreach (var (kind, backend, to, atLeast) in All)
        {
            // Without a session, the first backend of the run stands for all.
            var place = kind == RequestKind.NoSession ? options.ChosenBackends[0] : backend;
            AppendRow(
                text,
                Names.Of(kind),
                kind == RequestKind.NoSession ? "any" : BackendNames.Of(backend),
                Names.Of(to),
                atLeast,
                results.Ratio(new Subject(options.Main, kind, place, Contender.ThisProject), to)
            );
        }

        AppendGroupCommits(text, results, options.Main);
    }

    private static string Cell(double atLeast, double? ratio) =>
        ratio is null ? "not measured"
        : string.Create(CultureInfo.InvariantCulture, $"{Measured(ratio.Value, atLeast)} of {atLeast}, {Verdict(ratio.Value, atLeast)}");

    private static string Verdict(double ratio, double atLeast) => ratio >= atLeast ? "met" : "**missed**";

    // A third digit where two would say that a missed target is met.
    private static string Measured(double ratio, double atLeast) =>
        ratio.ToString(ratio < atLeast && Math.Round(ratio, 2) >= atLeast ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static void AppendGroupCommits(StringBuilder text, RunResults results, Setting setting)
    {
        if (results.SqliteAlone.Count == 0)
        {
            return;
        }

        var loop = Figures.Median(results.SqliteAlone.Select(static alone => alone.LoopPerSecond));
        var single = Figures.Median(results.SqliteAlone.Select(static alone => alone.SingleLoopPerSecond));
        var store = Figures.Median(results.SqliteAlone.Select(static alone => alone.StorePerSecond));
        var http = results.Of(new Subject(setting, RequestKind.ReadWrite, Backend.Sqlite, Contender.ThisProject)).Median;
        AppendRow(text, "read and write", "SQLite", "a loop of group commits", OfGroupCommits, http / loop);
        AppendRow(text, "read and write, without HTTP", "SQLite", "a loop of group commits", OfGroupCommits, store / loop);
        AppendRow(text, "read and write", "SQLite", "a loop of single commits", OfGroupCommits, http / single);
        AppendRow(text, "read and write, without HTTP", "SQLite", "a loop of single commits", OfGroupCommits, store / single);
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            The loop is one prepared UPDATE on one thread, {setting.Connections} of them in a transaction, with the store's journal and flushing (WAL, `NORMAL`).
            It stores {loop:N0} sessions a second and reads none; with one in a transaction, {single:N0}. {setting.Connections} callers of the store without HTTP read
            and store {store:N0} a second. Over HTTP they reach {http:N0}, on cores that the load and the server share.

            """
        );
    }

    private static void AppendRow(StringBuilder text, string kind, string backend, string to, double atLeast, double? ratio)
    {
        var (measured, verdict) = ratio is { } value ? (Measured(value, atLeast) + " ×", Verdict(value, atLeast)) : ("–", "not measured");
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {kind} | {backend} | {to} | at least {atLeast} × | {measured} | {verdict} |\n"
        );
    }
}
