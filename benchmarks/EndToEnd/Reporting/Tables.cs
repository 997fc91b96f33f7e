using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

internal static class Tables
{
    public static void Append(StringBuilder text, RunResults results, Setting setting, IEnumerable<Backend> backends)
    {
        var subjects = results.Subjects.Where(subject => subject.Setting == setting && backends.Contains(subject.Backend)).ToArray();
        if (subjects.Length == 0)
        {
            return;
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            ## {Count(setting.Connections, "connection")}, {setting.PayloadBytes:N0} bytes of text in each of {setting.Sessions} sessions

            | request | backend | who | requests/s, median | lowest–highest | of the floor | this project is faster by | p50 ms | p99 ms | server µs |
            | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (
            var subject in subjects
                .OrderBy(static subject => subject.Kind)
                .ThenBy(static subject => subject.Backend)
                .ThenBy(static subject => subject.Contender)
        )
        {
            text.Append(Row(results, subject)).Append('\n');
        }

        text.Append('\n');
    }

    public static string Ratio(double? ratio) => ratio is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) + " ×" : "–";

    private static string Row(RunResults results, Subject subject)
    {
        var series = results.Of(subject);
        var backend = subject.Kind == RequestKind.NoSession ? "any" : BackendNames.Of(subject.Backend);
        var start = $"| {Names.Of(subject.Kind)} | {backend} | {Names.Of(subject.Contender)} |";
        if (!series.IsValid)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{start} not valid: {(series.Errors == 0 ? "no response in the time" : $"{series.Errors} errors, {series.FirstError}")} "
                    + $"| – | – | – | – | – | – |"
            );
        }

        var faster = subject.Contender is Contender.AspNetCore or Contender.Express
            ? Ratio(results.Ratio(subject with { Contender = Contender.ThisProject }, subject.Contender))
            : "";
        var ofFloor = subject.Contender == Contender.Floor ? "1 ×" : Ratio(results.Ratio(subject, Contender.Floor));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{start} {series.Median:N0} | {series.Min:N0}–{series.Max:N0} | {ofFloor} | {faster} | {series.P50:0.00} | "
                + $"{series.P99:0.00} | {series.ServerMicroseconds:0} |"
        );
    }

    public static string Count(int number, string what) => FormattableString.Invariant($"{number} {what}{(number == 1 ? "" : "s")}");
}
