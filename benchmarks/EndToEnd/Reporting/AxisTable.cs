using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>
/// The same requests with several numbers of one kind: how fast this project is, and how many times as fast as the others.
/// </summary>
internal static class AxisTable
{
    private static readonly Contender[] Others = [Contender.Floor, Contender.AspNetCore, Contender.Express];

    public static void Append(
        StringBuilder text,
        RunResults results,
        string heading,
        IReadOnlyList<Setting> settings,
        Func<Setting, string> head
    )
    {
        var subjects = results
            .Subjects.Where(subject =>
                subject.Setting == settings[0]
                && subject is { Contender: Contender.ThisProject, Kind: RequestKind.Read or RequestKind.ReadWrite }
                && settings.All(setting => results.Of(subject with { Setting = setting }).IsMeasured)
            )
            .OrderBy(static subject => subject.Kind)
            .ThenBy(static subject => subject.Backend)
            .ToArray();
        if (settings.Count == 1 || subjects.Length == 0)
        {
            return;
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            ## {heading}

            | request | backend | this project | {string.Join(" | ", settings.Select(head))} |
            | --- | --- | --- | {string.Join(" | ", settings.Select(static _ => "---:"))} |

            """
        );
        foreach (var subject in subjects)
        {
            AppendRow(text, subject, "requests/s", settings, at => RequestsPerSecond(results, at));
            foreach (
                var other in Others.Where(other =>
                    settings.Any(setting => results.Ratio(subject with { Setting = setting }, other) is not null)
                )
            )
            {
                AppendRow(text, subject, $"beside {Names.Of(other)}", settings, at => Tables.Ratio(results.Ratio(at, other)));
            }
        }

        text.Append('\n');
    }

    private static void AppendRow(
        StringBuilder text,
        Subject subject,
        string what,
        IReadOnlyList<Setting> settings,
        Func<Subject, string> cell
    ) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {Names.Of(subject.Kind)} | {BackendNames.Of(subject.Backend)} | {what} | "
                + $"{string.Join(" | ", settings.Select(setting => cell(subject with { Setting = setting })))} |\n"
        );

    private static string RequestsPerSecond(RunResults results, Subject subject) =>
        results.Of(subject) is { IsValid: true } series ? series.Median.ToString("N0", CultureInfo.InvariantCulture) : "not valid";
}
