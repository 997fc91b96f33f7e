namespace ServerSessions.Benchmarks;

/// <summary>Where sessions lie.</summary>
internal enum Backend
{
    Memory,
    Sqlite,
    File,
    Redis,
    Valkey,
    Postgres,
    MySql,

    /// <summary>
    /// A substitute for a server, which tells about round trips and about nothing else: only the run over a delay takes it.
    /// </summary>
    Mongo,
}

internal static class BackendNames
{
    /// <summary>All that are measured on a real server, with commas.</summary>
    public static string All { get; } = string.Join(',', Enum.GetNames<Backend>().Except([nameof(Backend.Mongo)]));

    public static Backend[] Parse(string list) =>
        Array.ConvertAll(list.Split(','), static name => Enum.Parse<Backend>(name, ignoreCase: true));

    public static string Of(Backend backend) =>
        backend switch
        {
            Backend.Sqlite => "SQLite",
            Backend.Postgres => "PostgreSQL",
            Backend.MySql => "MariaDB",
            Backend.File => "Files",
            Backend.Mongo => "MongoDB (substitute)",
            _ => backend.ToString(),
        };
}
