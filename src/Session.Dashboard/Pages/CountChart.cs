using System.Globalization;
using System.Text;

namespace ServerSessions;

/// <summary>Draws the counts over time as SVG without scripts or styles, and has them as a table beside.</summary>
internal static class CountChart
{
    private const int Width = 720;
    private const int Height = 200;
    private const int Top = 12;
    private const int MaxRows = 12;

    public static Markup Of(IReadOnlyList<CountSample> samples, DateTimeOffset now)
    {
        if (samples.Count(static sample => sample.Number is not null) < 2)
        {
            return Markup.Of($"""<p class="empty">The chart begins with the second count.</p>{"\n"}""");
        }

        var (first, last) = (samples[0].At, samples[^1].At);
        var most = Ceiling(samples.Max(static sample => sample.Number ?? 0));
        return Markup.Of(
            $"""
            <figure class="chart">
            <figcaption class="axis"><span>{Words.Number(most)}</span></figcaption>
            <svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{Describe(samples)}">
            <path class="grid" d="M0 {Top}H{Width}M0 {(Height + Top) / 2}H{Width}M0 {Height - 1}H{Width}"/>
            {Markup.Join(Runs(samples).Select(run => Run(run, first, last, most)))}
            </svg>
            <p class="axis"><span>{Words.Ago(first, now)}</span><span>{Words.Ago(last, now)}</span></p>
            </figure>
            <details><summary>Counts as a table</summary>
            <table><thead><tr><th scope="col">When</th><th scope="col">Sessions</th></tr></thead><tbody>
            {Markup.Join(Every(samples).Select(sample => Row(sample, now)))}</tbody></table></details>

            """
        );
    }

    private static string Describe(IReadOnlyList<CountSample> samples)
    {
        var numbers = samples.Where(static sample => sample.Number is not null).Select(static sample => sample.Number!.Value).ToList();
        return $"Sessions over time: {Words.Number(numbers[^1])} now, at least {Words.Number(numbers.Min())}, at most "
            + $"{Words.Number(numbers.Max())}.";
    }

    /// <summary>Returns the samples in a row that have a number: where the store failed, the line has a gap.</summary>
    private static List<List<CountSample>> Runs(IReadOnlyList<CountSample> samples)
    {
        List<List<CountSample>> runs = [[]];
        foreach (var sample in samples)
        {
            if (sample.Number is not null)
            {
                runs[^1].Add(sample);
            }
            else if (runs[^1].Count > 0)
            {
                runs.Add([]);
            }
        }

        return runs.FindAll(static run => run.Count > 0);
    }

    private static Markup Run(List<CountSample> run, DateTimeOffset first, DateTimeOffset last, long most)
    {
        double X(CountSample sample) => Width * ((sample.At - first) / (last - first));
        double Y(CountSample sample) => Height - 1 - ((Height - 1 - Top) * (double)sample.Number!.Value / most);

        var line = new StringBuilder();
        foreach (var sample in run)
        {
            line.Append(CultureInfo.InvariantCulture, $"{(line.Length == 0 ? 'M' : 'L')}{X(sample):0.#} {Y(sample):0.#}");
        }

        var (left, right) = (Round(X(run[0])), Round(X(run[^1])));
        return Markup.Of(
            $"""
            <path class="area" d="{line.ToString()}L{right} {Height}L{left} {Height}Z"/>
            <path class="line" d="{line.ToString()}"/>
            """
        );
    }

    private static string Round(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static IEnumerable<CountSample> Every(IReadOnlyList<CountSample> samples)
    {
        var step = Math.Max(1, (samples.Count + MaxRows - 1) / MaxRows);
        for (var i = samples.Count - 1; i >= 0; i -= step)
        {
            yield return samples[i];
        }
    }

    private static Markup Row(CountSample sample, DateTimeOffset now) =>
        Markup.Of(
            $"""
            <tr><td data-label="When">{Words.Ago(sample.At, now)}</td>
            <td data-label="Sessions">{(sample.Number is { } number ? Words.Number(number) : "the store failed")}</td></tr>

            """
        );

    /// <summary>Returns a round number that is not smaller: 1, 2 or 5 with zeros.</summary>
    private static long Ceiling(long number)
    {
        for (long power = 1; ; power *= 10)
        {
            foreach (var factor in (ReadOnlySpan<long>)[1, 2, 5])
            {
                if (factor * power >= number)
                {
                    return factor * power;
                }
            }
        }
    }
}
