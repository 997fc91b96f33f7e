using System.Globalization;

namespace ServerSessions.Tool.Output;

/// <summary>Numbers, sizes and times as people read them, in any culture.</summary>
internal static class Words
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 session</c>, <c>4,211 sessions</c>.</summary>
    public static string Count(long number, string one) => $"{Number(number)} {one}{(number == 1 ? "" : "s")}";

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB"),
        };

    /// <summary>The two largest units: <c>6 d 23 h</c>, <c>59 min 3 s</c>, <c>0 s</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        (long Number, string Unit)[] parts = [((long)time.TotalDays, "d"), (time.Hours, "h"), (time.Minutes, "min"), (time.Seconds, "s")];
        var first = Array.FindIndex(parts, static part => part.Number > 0);
        return first < 0
            ? "0 s"
            : string.Join(
                ' ',
                parts.Skip(first).Take(2).Where(static part => part.Number > 0).Select(static part => $"{part.Number} {part.Unit}")
            );
    }

    /// <summary><c>in 6 d 23 h</c>, <c>never</c>.</summary>
    public static string Until(DateTimeOffset? expires, DateTimeOffset now) =>
        expires is null or { Year: >= 9999 } ? "never" : $"in {Duration(expires.Value - now)}";

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    public static string Utc(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
