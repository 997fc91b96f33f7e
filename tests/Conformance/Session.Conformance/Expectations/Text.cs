using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>Texts and times of cases as a reader can tell them apart.</summary>
internal static class Text
{
    // Enough to recognize a text by.
    private const int Longest = 40;

    public static string Quote(string text)
    {
        var builder = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (c is >= ' ' and <= '~')
            {
                builder.Append(c);
            }
            else
            {
                builder.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return builder.Append(text.Length > Longest ? $"…' ({text.Length} characters)" : "'").ToString();
    }

    public static string Instant(DateTimeOffset? instant) =>
        instant?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "none";

    /// <summary>A span from now: <c>+10 min</c>.</summary>
    public static string Span(TimeSpan span)
    {
        var sign = span < TimeSpan.Zero ? "-" : "+";
        var size = span.Duration();
        return sign
            + (
                size.TotalDays >= 1 ? $"{size.TotalDays:0.#} d"
                : size.TotalHours >= 1 ? $"{size.TotalHours:0.#} h"
                : size.TotalMinutes >= 1 ? $"{size.TotalMinutes:0.#} min"
                : size.TotalSeconds >= 1 ? $"{size.TotalSeconds:0.#} s"
                : $"{size.TotalMilliseconds:0} ms"
            );
    }
}
