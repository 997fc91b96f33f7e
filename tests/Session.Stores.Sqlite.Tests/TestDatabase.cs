using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>A database file in a folder of its own, and a plain connection beside the stores on it.</summary>
public sealed class TestDatabase : StorePlace<SqliteSessionStore, SqliteSessionStoreOptions>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-sqlite-").FullName;

    public string Folder => _folder;

    public string File => Path.Combine(_folder, "sessions.db");

    public double NowMilliseconds => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static Task<TestDatabase> CreateAsync() => Task.FromResult(new TestDatabase());

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = Connect();
        Execute(connection, sql, parameters);
    }

    public static void Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    public object? Query(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public override ValueTask OpenAsync(SqliteSessionStore store, CancellationToken cancellationToken) =>
        store.OpenAsync(cancellationToken);

    protected override SqliteSessionStoreOptions Options() =>
        new() { ConnectionString = File, OperationTimeout = TimeSpan.FromSeconds(30) };

    protected override SqliteSessionStore Store(
        SqliteSessionStoreOptions options,
        TimeProvider clock,
        ILogger<SqliteSessionStore>? logger
    ) => new(options, clock, logger);

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}
