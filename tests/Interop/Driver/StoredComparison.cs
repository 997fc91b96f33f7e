using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerSessions.Interop.Driver;

/// <summary>Compares two sessions at rest: byte for byte, but for the instants and spans that the clock gave.</summary>
internal static partial class StoredComparison
{
    public static bool Differ(string express, string project, TimeSpan tolerance)
    {
        if (Mask(express) != Mask(project))
        {
            return true;
        }

        var mine = Clocked().Match(express);
        var theirs = Clocked().Match(project);

        // A fixed end in the options makes the span what is left of it when the session is made, at another moment in each host.
        return Differ(MaxAge(mine), MaxAge(theirs), tolerance) || (Expires(mine) - Expires(theirs))?.Duration() > tolerance;
    }

    /// <summary>The JSON without what the clock gave.</summary>
    public static string Mask(string json) =>
        Clocked()
            .Replace(
                json,
                static match =>
                    (
                        match.Groups["maxAge"] is { Success: true } maxAge
                            ? match.Value.Replace(maxAge.Value, "(ms)", StringComparison.Ordinal)
                            : match.Value
                    ).Replace(match.Groups["expires"].Value, "(instant)", StringComparison.Ordinal),
                count: 1
            );

    /// <summary>The end that stands in the cookie, if it is an instant.</summary>
    public static DateTimeOffset? ExpiresOf(string json) => Expires(Clocked().Match(json));

    private static bool Differ(double? express, double? project, TimeSpan tolerance) =>
        express is null != project is null || Math.Abs((express - project) ?? 0) > tolerance.TotalMilliseconds;

    private static double? MaxAge(Match match) =>
        match.Groups["maxAge"].Success ? double.Parse(match.Groups["maxAge"].Value, CultureInfo.InvariantCulture) : null;

    private static DateTimeOffset? Expires(Match match) =>
        match.Success ? DateTimeOffset.Parse(match.Groups["expires"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(
        """(?<="cookie":\{)"originalMaxAge":(?:(?<maxAge>-?\d+)|null|false),(?:"partitioned":[^,]*,)?(?:"priority":[^,]*,)?"expires":"(?<expires>[^"]*)"""
    )]
    private static partial Regex Clocked();
}
