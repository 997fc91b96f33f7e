using System.Text;

namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>Names of schemas, tables and indexes.</summary>
internal static class PostgresIdentifier
{
    /// <summary>The longest name. PostgreSQL truncates longer names without an error, so two names could be one table.</summary>
    public const int MaxBytes = 63;

    /// <summary>Whether a name is valid. The rules for a session id apply: well-formed, no NUL.</summary>
    public static bool IsValid(string? name) => Sid.IsValid(name) && Encoding.UTF8.GetByteCount(name!) <= MaxBytes;

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";
}
