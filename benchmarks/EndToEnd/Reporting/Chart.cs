using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Reporting;

/// <summary>
/// A bar for each contender, in groups by backend, one column for reading and one for writing; whiskers from the lowest to the highest.
/// </summary>
internal static class Chart
{
    private const int Bar = 18;
    private const int Labels = 165;
    private const int Width = 330;
    private const int Column = Labels + Width + 95;

    private const string Style =
        ".bar0 { fill: #9aa0a6 } .bar1 { fill: #8ab4f8 } .bar2 { fill: #1a73e8 } .bar3 { fill: #a142f4 } .bar4 { fill: #188038 } line "
        + "{ stroke: #202124 }";

    private static readonly RequestKind[] Kinds = [RequestKind.Read, RequestKind.ReadWrite];

    public static string Draw(RunResults results, Setting setting)
    {
        var body = new StringBuilder();
        var height = 0;
        for (var column = 0; column < Kinds.Length; column++)
        {
            height = Math.Max(height, AppendColumn(body, results, setting, Kinds[column], column * Column));
        }

        var title = FormattableString.Invariant(
            $"Requests per second, {setting.Connections} connections, {setting.PayloadBytes} bytes in each session"
        );
        return Svg.Frame(Column * Kinds.Length, height + 10, title, Description(results, setting), Style, body.ToString());
    }

    private static int AppendColumn(StringBuilder body, RunResults results, Setting setting, RequestKind kind, int left)
    {
        var subjects = Valid(results, setting, kind);
        var most = subjects.Select(subject => results.Of(subject).Max).DefaultIfEmpty(1).Max();
        body.Append(CultureInfo.InvariantCulture, $"""<text x="{left + 10}" y="46" font-weight="bold">{Names.Of(kind)}</text>""")
            .Append('\n');
        var y = 54;
        foreach (var group in subjects.GroupBy(static subject => subject.Backend))
        {
            y += 18;
            body.Append(
                    CultureInfo.InvariantCulture,
                    $"""<text x="{left + 10}" y="{y}" font-style="italic">{BackendNames.Of(group.Key)}</text>"""
                )
                .Append('\n');
            y += 6;
            foreach (var subject in group)
            {
                AppendBar(body, results.Of(subject), subject.Contender, left, y, Width / most);
                y += Bar + 4;
            }
        }

        return y;
    }

    private static void AppendBar(StringBuilder body, Series series, Contender contender, int left, int y, double scale)
    {
        var x = left + Labels;
        var (middle, text) = (y + (Bar / 2), y + Bar - 5);
        body.Append(
            CultureInfo.InvariantCulture,
            $"""
            <text x="{x - 8}" y="{text}" text-anchor="end">{Names.Of(contender)}</text>
            <rect class="bar{(int)contender}" x="{x}" y="{y}" width="{series.Median * scale:0.0}" height="{Bar}"/>
            <line x1="{x + (series.Min * scale):0.0}" x2="{x + (series.Max * scale):0.0}" y1="{middle}" y2="{middle}"/>
            <text x="{x + (series.Max * scale) + 6:0.0}" y="{text}">{series.Median:N0}</text>

            """
        );
    }

    /// <summary>The same figures as a sentence, for who does not see the bars.</summary>
    private static string Description(RunResults results, Setting setting) =>
        string.Join(
            ' ',
            from kind in Kinds
            from subject in Valid(results, setting, kind)
            group FormattableString.Invariant($"{Names.Of(subject.Contender)} {results.Of(subject).Median:N0}") by (
                subject.Kind,
                subject.Backend
            ) into figures
            select $"{BackendNames.Of(figures.Key.Backend)}, {Names.Of(figures.Key.Kind)}: {string.Join(", ", figures)}."
        );

    private static Subject[] Valid(RunResults results, Setting setting, RequestKind kind) =>
        [
            .. results
                .Subjects.Where(subject => subject.Setting == setting && subject.Kind == kind && results.Of(subject).IsValid)
                .OrderBy(static subject => subject.Backend)
                .ThenBy(static subject => subject.Contender),
        ];
}
