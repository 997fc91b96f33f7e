using System.Text;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>Names of schemas, tables and indexes.</summary>
internal static class PostgresIdentifier
{
    /// <summary>PostgreSQL cuts longer names off without an error, so that two long names would be one table.</summary>
    public const int MaxBytes = 63;

    /// <summary>A sid's rules for text are a name's as well: well-formed, no NUL.</summary>
    public static bool IsValid(string? name) => Sid.IsValid(name) && Encoding.UTF8.GetByteCount(name!) <= MaxBytes;

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";
}
