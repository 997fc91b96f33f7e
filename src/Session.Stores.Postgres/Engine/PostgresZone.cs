using System.Text.RegularExpressions;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>Names of time zones, which stand in the statements as they are.</summary>
internal static partial class PostgresZone
{
    /// <summary>Letters, digits and what POSIX zones have besides; no quote, no backslash.</summary>
    public static bool IsValid(string zone) => Name().IsMatch(zone);

    [GeneratedRegex("^[A-Za-z0-9_+/:.,<>-]{1,64}\\z")]
    private static partial Regex Name();
}
