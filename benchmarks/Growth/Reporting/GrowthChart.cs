using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.Growth.Measuring;

namespace ServerSessions.Benchmarks.Growth.Reporting;

/// <summary>
/// A line for each store, one panel for gets and one for sets; both axes are logarithmic. Solid: the median; dashed: p99.
/// </summary>
internal static class GrowthChart
{
    private const int Panel = 520;
    private const int Left = 60;
    private const int Top = 64;
    private const int Width = 340;
    private const int Height = 300;
    private const string Title = "Microseconds of one call by the number of sessions: median (solid) and p99 (dashed)";

    private static readonly string Style =
        "polyline { fill: none; stroke-width: 2 } .p99 { stroke-dasharray: 5 4; stroke-width: 1.3 } .grid { stroke: #dadce0 } "
        + ".line0 { stroke: #1a73e8 } .line1 { stroke: #188038 } .line2 { stroke: #e37400 } .line3 { stroke: #d93025 } .line4 { "
        + "stroke: #f9ab00 } .line5 { stroke: #a142f4 } .line6 { stroke: #12b5cb }";

    public static string Draw(GrowthResults results)
    {
        var body = new StringBuilder();
        AppendPanel(body, results, "get", static stop => stop.Gets, left: 0);
        AppendPanel(body, results, "set", static stop => stop.Sets, left: Panel);
        return Svg.Frame(Panel * 2, Top + Height + 36, Title, Description(results), Style, body.ToString());
    }

    private static void AppendPanel(StringBuilder body, GrowthResults results, string name, Func<Stop, Percentiles> of, int left)
    {
        var x = Axis.Over(results.Stops.Select(static stop => (double)stop.Sessions), left + Left, left + Left + Width);
        var y = Axis.Over(
            results.Stops.SelectMany(static stop => new[] { stop.Gets.P50, stop.Gets.P99, stop.Sets.P50, stop.Sets.P99 }),
            Top + Height,
            Top
        );
        body.Append(CultureInfo.InvariantCulture, $"""<text x="{left + Left}" y="{Top - 12}" font-weight="bold">{name}</text>""")
            .Append('\n');
        foreach (var decade in y.Decades)
        {
            var at = y.At(decade);
            body.Append(
                    CultureInfo.InvariantCulture,
                    $"""<line class="grid" x1="{left + Left}" x2="{left + Left + Width}" y1="{at:0.0}" y2="{at:0.0}"/><text x="{left + Left - 8}" y="{at + 4:0.0}" text-anchor="end">{decade:#,0.###}</text>"""
                )
                .Append('\n');
        }

        foreach (var decade in x.Decades)
        {
            var at = x.At(decade);
            body.Append(
                    CultureInfo.InvariantCulture,
                    $"""<line class="grid" x1="{at:0.0}" x2="{at:0.0}" y1="{Top}" y2="{Top + Height}"/><text x="{at:0.0}" y="{Top + Height + 18}" text-anchor="middle">{decade:#,0}</text>"""
                )
                .Append('\n');
        }

        var labels = new List<double>();
        foreach (var store in results.Stops.GroupBy(static stop => stop.Backend).OrderBy(store => y.At(of(store.Last()).P50)))
        {
            AppendLine(body, $"line{(int)store.Key}", store.Select(stop => (x.At(stop.Sessions), y.At(of(stop).P50))));
            AppendLine(body, $"line{(int)store.Key} p99", store.Select(stop => (x.At(stop.Sessions), y.At(of(stop).P99))));

            // Names stand at the end of their lines, and make room for each other.
            var label = Math.Max(y.At(of(store.Last()).P50) + 4, labels.Count == 0 ? 0 : labels[^1] + 14);
            labels.Add(label);
            body.Append(
                    CultureInfo.InvariantCulture,
                    $"""<text x="{left + Left + Width + 8}" y="{label:0.0}">{BackendNames.Of(store.Key)}</text>"""
                )
                .Append('\n');
        }
    }

    private static void AppendLine(StringBuilder body, string style, IEnumerable<(double X, double Y)> points) =>
        body.Append(
                CultureInfo.InvariantCulture,
                $"""<polyline class="{style}" points="{string.Join(' ', points.Select(static point => FormattableString.Invariant($"{point.X:0.0},{point.Y:0.0}")))}"/>"""
            )
            .Append('\n');

    /// <summary>The same figures as a sentence, for who does not see the lines.</summary>
    private static string Description(GrowthResults results) =>
        string.Join(
            ' ',
            results.Stops.Select(static stop =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{BackendNames.Of(stop.Backend)} with {stop.Sessions:N0} sessions: get {stop.Gets.P50:0.0} and "
                        + $"{stop.Gets.P99:0.0}, set {stop.Sets.P50:0.0} and {stop.Sets.P99:0.0}."
                )
            )
        );

    /// <summary>A logarithmic axis from one power of ten to another.</summary>
    private sealed record Axis(int First, int Last, double From, double To)
    {
        public IEnumerable<double> Decades => Enumerable.Range(First, Last - First + 1).Select(static power => Math.Pow(10, power));

        public static Axis Over(IEnumerable<double> figures, double from, double to)
        {
            var logarithms = figures.Where(static figure => figure > 0).Select(Math.Log10).DefaultIfEmpty(0).ToArray();
            var first = (int)Math.Floor(logarithms.Min());
            return new Axis(first, Math.Max(first + 1, (int)Math.Ceiling(logarithms.Max())), from, to);
        }

        public double At(double figure) => From + ((To - From) * (Math.Log10(figure) - First) / (Last - First));
    }
}
