namespace ServerSessions.Benchmarks;

/// <summary>Where sessions lie.</summary>
internal enum Backend
{
    Memory,
    Sqlite,
    File,
    Redis,
    Postgres,
}

internal static class BackendNames
{
    /// <summary>All of them, with commas.</summary>
    public static string All { get; } = string.Join(',', Enum.GetNames<Backend>());

    public static Backend[] Parse(string list) => Array.ConvertAll(list.Split(','), static name => Enum.Parse<Backend>(name, ignoreCase: true));

    public static string Of(Backend backend) => backend switch
    {
        Backend.Sqlite => "SQLite",
        Backend.Postgres => "PostgreSQL",
        Backend.File => "Files",
        _ => backend.ToString(),
    };
}
