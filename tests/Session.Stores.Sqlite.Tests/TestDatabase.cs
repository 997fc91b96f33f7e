using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Session.Stores.Sqlite.Tests;

/// <summary>A database file in a folder of its own, the stores on it, a clock, and a plain connection beside the store. Removed with everything in it.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly List<SqliteSessionStore> _stores = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("session-sqlite-").FullName;

    public string Folder => _folder;

    public string File => Path.Combine(_folder, "sessions.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public double NowMilliseconds => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public SqliteSessionStore Store(Action<SqliteSessionStoreOptions>? configure = null, ILogger<SqliteSessionStore>? logger = null)
    {
        var options = new SqliteSessionStoreOptions { ConnectionString = File, BusyTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(options);
        var store = new SqliteSessionStore(options, Clock, logger);
        _stores.Add(store);
        return store;
    }

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

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

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
