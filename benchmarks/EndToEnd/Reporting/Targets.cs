using System.Globalization;
using System.Text;
using Session.Benchmarks.EndToEnd.Running;

namespace Session.Benchmarks.EndToEnd.Reporting;

/// <summary>What this project wants to reach, as ratios of medians in one run on two cores.</summary>
internal static class Targets
{
    private static readonly (RequestKind Kind, Backend Backend, Contender To, double AtLeast)[] All =
    [
        (RequestKind.Read, Backend.Redis, Contender.Floor, 0.85),
        (RequestKind.ReadWrite, Backend.Redis, Contender.Floor, 0.85),
        (RequestKind.Read, Backend.Redis, Contender.AspNetCore, 1.5),
        (RequestKind.ReadWrite, Backend.Redis, Contender.AspNetCore, 3),
        (RequestKind.Read, Backend.Redis, Contender.Express, 4),
        (RequestKind.ReadWrite, Backend.Redis, Contender.Express, 4),
        (RequestKind.Read, Backend.Postgres, Contender.Floor, 0.8),
        (RequestKind.ReadWrite, Backend.Postgres, Contender.Floor, 0.8),
        (RequestKind.Read, Backend.Memory, Contender.AspNetCore, 1.5),
        (RequestKind.ReadWrite, Backend.Memory, Contender.AspNetCore, 1.5),
        (RequestKind.Read, Backend.Sqlite, Contender.Express, 5),
        (RequestKind.ReadWrite, Backend.Sqlite, Contender.Express, 5),
        (RequestKind.Read, Backend.File, Contender.Express, 3),
        (RequestKind.ReadWrite, Backend.File, Contender.Express, 3),
        (RequestKind.NoSession, Backend.Memory, Contender.Floor, 0.97),
    ];

    public static void Append(StringBuilder text, RunResults results, IEnumerable<Setting> settings)
    {
        var setting = settings.FirstOrDefault(static setting => setting is { Connections: 32, PayloadBytes: 200 }) ?? settings.First();
        text.Append(CultureInfo.InvariantCulture, $"""
            ## Targets

            This project beside another in the same run, at {setting.Connections} connections and {setting.PayloadBytes:N0} bytes.

            | request | backend | beside | target | measured | |
            | --- | --- | --- | ---: | ---: | --- |

            """);
        foreach (var (kind, backend, to, atLeast) in All)
        {
            var ratio = results.Ratio(new Subject(setting, kind, backend, Contender.ThisProject), to);
            var verdict = ratio is null ? "not measured" : ratio >= atLeast ? "met" : "**missed**";
            text.Append(CultureInfo.InvariantCulture,
                $"| {Names.Of(kind)} | {(kind == RequestKind.NoSession ? "any" : Names.Of(backend))} | {Names.Of(to)} | at least {atLeast} × | {Tables.Ratio(ratio)} | {verdict} |\n");
        }

        text.Append("""

            The target for SQLite beside one prepared statement in a loop is not measured here.

            """);
    }
}
