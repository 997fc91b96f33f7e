using System.Globalization;
using MySqlConnector;
using Npgsql;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Trust.Host;

/// <summary>Where the sessions of one backend lie, so that any number of stores, in any process, can be opened on it.</summary>
/// <param name="Backend">One of <see cref="Backends"/>.</param>
/// <param name="Connection">The connection string, path of a file or path of a folder; nothing for memory.</param>
/// <param name="Name">The key prefix of Redis, the database of MongoDB; nothing for the others.</param>
/// <param name="Timeout">How long one call waits; <see langword="null"/>: long enough for any busy machine.</param>
public sealed record StorePlace(string Backend, string Connection, string Name = "", TimeSpan? Timeout = null)
{
    // No connection string holds one.
    private const char Separator = '\u001f';

    /// <summary>The backends that ship, as they are called here.</summary>
    public static readonly string[] Backends = ["memory", "sqlite", "file", "redis", "postgres", "mysql", "mongo"];

    /// <summary>How long one call waits.</summary>
    public TimeSpan OperationTimeout => Timeout ?? TimeSpan.FromSeconds(60);

    /// <summary>
    /// The connection string of PostgreSQL or MySQL with a pool that leaves room for others: tests share one server and its connections.
    /// </summary>
    public string PooledConnection =>
        Connection.Contains("Pool Size", StringComparison.OrdinalIgnoreCase)
            ? Connection
            : Backend == "mysql" ? new MySqlConnectionStringBuilder(Connection) { MaximumPoolSize = 12 }.ConnectionString
            : new NpgsqlConnectionStringBuilder(Connection) { MaxPoolSize = 12 }.ConnectionString;

    /// <summary>A store of its own on this place; the caller disposes it.</summary>
    /// <param name="clock">What tells it the time; <see langword="null"/>: the system.</param>
    /// <exception cref="ArgumentException">There is no such backend.</exception>
    public ISessionStore Open(TimeProvider? clock = null) =>
        Backend switch
        {
            "memory" => new MemorySessionStore(new MemorySessionStoreOptions(), clock),
            "sqlite" => new SqliteSessionStore(
                new SqliteSessionStoreOptions { ConnectionString = Connection, OperationTimeout = OperationTimeout },
                clock
            ),
            "file" => new FileSessionStore(new FileSessionStoreOptions { Path = Connection, OperationTimeout = OperationTimeout }, clock),
            "redis" => new RedisSessionStore(
                new RedisSessionStoreOptions
                {
                    ConnectionString = Connection,
                    Prefix = Name,
                    OperationTimeout = OperationTimeout,
                },
                clock
            ),
            "postgres" => new PostgresSessionStore(
                new PostgresSessionStoreOptions { ConnectionString = PooledConnection, OperationTimeout = OperationTimeout },
                clock
            ),
            "mysql" => new MySqlSessionStore(
                new MySqlSessionStoreOptions { ConnectionString = PooledConnection, OperationTimeout = OperationTimeout },
                clock
            ),
            "mongo" => new MongoSessionStore(
                new MongoSessionStoreOptions
                {
                    ConnectionString = Connection,
                    DatabaseName = Name,
                    OperationTimeout = OperationTimeout,
                },
                clock
            ),
            _ => throw new ArgumentException($"There is no backend '{Backend}'."),
        };

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public string ToArgument() =>
        string.Join(Separator, Backend, Connection, Name, OperationTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads what <see cref="ToArgument"/> wrote.</summary>
    public static StorePlace Parse(string argument)
    {
        var parts = argument.Split(Separator);
        return new StorePlace(
            parts[0],
            parts[1],
            parts[2],
            TimeSpan.FromMilliseconds(double.Parse(parts[3], CultureInfo.InvariantCulture))
        );
    }

    /// <summary>Ends a store that <see cref="Open"/> gave.</summary>
    public static async ValueTask CloseAsync(ISessionStore store)
    {
        switch (store)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
