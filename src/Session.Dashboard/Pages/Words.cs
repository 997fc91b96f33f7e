using System.Globalization;

namespace ServerSessions;

/// <summary>Writes times, sizes and numbers as people say them.</summary>
internal static class Words
{
    private const int Kilo = 1024;

    public static Markup Ago(DateTimeOffset at, DateTimeOffset now) =>
        MarkupTime.Of(at, now - at is { TotalMinutes: < 1 } ? "just now" : $"{Length(now - at)} ago");

    public static Markup In(DateTimeOffset? at, DateTimeOffset now) =>
        at switch
        {
            null => Markup.Of($"not known"),
            { } past when past <= now => MarkupTime.Of(past, "now"),
            { } instant => MarkupTime.Of(instant, $"in {Length(instant - now)}"),
        };

    /// <summary>Returns an instant as people say it, and exactly.</summary>
    public static Markup Both(DateTimeOffset at, DateTimeOffset now) =>
        Markup.Of($"""{Ago(at, now)} <span class="exact">{MarkupTime.Exact(at)}</span>""");

    public static string Size(long bytes) =>
        bytes < Kilo ? $"{bytes} B"
        : bytes < Kilo * Kilo ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)Kilo:0.#} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(Kilo * Kilo):0.#} MiB");

    /// <summary>Returns a number with groups of three digits.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    private static string Length(TimeSpan length) =>
        length switch
        {
            { TotalMinutes: < 1 } => "less than a minute",
            { TotalMinutes: < 100 } => Count((long)length.TotalMinutes, "minute", "minutes"),
            { TotalHours: < 36 } => Count((long)length.TotalHours, "hour", "hours"),
            _ => Count((long)length.TotalDays, "day", "days"),
        };
}
