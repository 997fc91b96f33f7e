using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>All connections write to one session: what it costs that no write is lost.</summary>
internal static class ContentionTable
{
    public static void Append(StringBuilder text, RunResults results, Setting setting)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            ## One session for all {setting.Connections} connections

            Every request reads a value of the same session and writes it. This project compares when it stores. A request that another
            one has overtaken waits a few milliseconds, applies its changed keys to the stored session and retries. No request reverts
            what another has written to other keys; the attempts are the cost. On the floor the last write wins over the whole session.
            With separate sessions, above, each request needs one attempt.

            | backend | floor, requests/s | this project, requests/s | of the floor | of its own, many sessions | attempts a request | p50 ms | p99 ms |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (
            var subject in results
                .Subjects.Where(static subject => subject is { Kind: RequestKind.Contended, Contender: Contender.ThisProject })
                .OrderBy(static subject => subject.Backend)
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"| {BackendNames.Of(subject.Backend)} | {Row(results, subject)} |\n");
        }

        text.Append('\n');
    }

    private static string Row(RunResults results, Subject subject)
    {
        var (one, floor, many) = (
            results.Of(subject),
            results.Of(subject with { Contender = Contender.Floor }),
            results.Of(subject with { Kind = RequestKind.ReadWrite })
        );
        return one.IsValid && floor.IsValid && many.IsValid
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{floor.Median:N0} | {one.Median:N0} | {Tables.Ratio(one.Median / floor.Median)} | "
                    + $"{Tables.Ratio(one.Median / many.Median)} | {one.Attempts:0.0} | {one.P50:0.0} | {one.P99:0.0}"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"not valid: {one.Errors + floor.Errors + many.Errors} errors, {one.FirstError ?? floor.FirstError ?? many.FirstError} "
                    + $"| – | – | – | – | – | –"
            );
    }
}
