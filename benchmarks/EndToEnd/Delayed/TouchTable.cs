using System.Globalization;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>
/// Medians with the lowest and the highest. What Always changes is the median of the changes of neighbours, with the lowest and the
/// highest.
/// </summary>
internal static class TouchTable
{
    public static string Write(IEnumerable<TouchSubject> subjects)
    {
        var text = new StringBuilder(
            """

            | backend | request | clients | touch in the read | requests/s | p50 ms | p99 ms | requests/s beside Never | p50 beside Never |
            | --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |

            """
        );
        foreach (var subject in subjects)
        {
            var never = subject.Series[SessionTouchOnRead.Never];
            foreach (var touch in TouchComparison.Touches)
            {
                var series = subject.Series[touch];
                var (more, shorter) =
                    touch == SessionTouchOnRead.Never
                        ? ("", "")
                        : (Change(never.RequestsPerSecond, series.RequestsPerSecond), Change(never.EachP50, series.EachP50));
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"""
                    | {BackendNames.Of(subject.Backend)} | {Names.Of(subject.Kind)} | {subject.Setting.Connections} | {touch} | {Spread(
                        series.RequestsPerSecond,
                        "N0"
                    )} | {Spread(series.EachP50, "0.00")} | {Spread(series.EachP99, "0.00")} | {more} | {shorter} |

                    """
                );
            }
        }

        return text.ToString();
    }

    private static string Spread(IEnumerable<double> figures, string format)
    {
        string Text(double figure) => figure.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Figures.Median(figures))} ({Text(figures.Min())}–{Text(figures.Max())})";
    }

    private static string Change(IEnumerable<double> before, IEnumerable<double> after) =>
        Spread(before.Zip(after, static (one, other) => 100 * ((other / one) - 1)), "+0;−0;0") + " %";
}
