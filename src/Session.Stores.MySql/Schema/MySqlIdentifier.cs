namespace ServerSessions.Stores.MySql.Schema;

/// <summary>Names of tables.</summary>
internal static class MySqlIdentifier
{
    public const int MaxLength = 64;

    /// <summary>Whether a name is valid: MySQL refuses a blank at the end, and characters outside of the basic plane.</summary>
    public static bool IsValid(string? name) =>
        Sid.IsValid(name) && name!.Length <= MaxLength && !name.EndsWith(' ') && !name.Any(char.IsSurrogate);

    public static string Quote(string name) => '`' + name.Replace("`", "``", StringComparison.Ordinal) + '`';
}
