using System.Text.RegularExpressions;

namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>Validates names of time zones, which are inserted into statements unchanged.</summary>
internal static partial class PostgresZone
{
    /// <summary>Whether a name has only letters, digits and the characters of POSIX zones; no quote, no backslash.</summary>
    public static bool IsValid(string zone) => Name().IsMatch(zone);

    [GeneratedRegex("^[A-Za-z0-9_+/:.,<>-]{1,64}\\z")]
    private static partial Regex Name();
}
