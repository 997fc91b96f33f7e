using System.Globalization;

namespace ServerSessions;

/// <summary>Writes instants: as people say them, with the exact time beside.</summary>
internal static class MarkupTime
{
    /// <summary>Returns an instant whose title is the time in UTC.</summary>
    public static Markup Of(DateTimeOffset at, string text) =>
        Markup.Of($"""<time datetime="{Iso(at)}" title="{Exact(at)}"><bdi>{text}</bdi></time>""");

    /// <summary>Returns the time in UTC to the second.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
