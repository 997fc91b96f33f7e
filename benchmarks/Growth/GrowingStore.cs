using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Benchmarks.Growth;

/// <summary>
/// A store of this project with its defaults, but that it prunes when it is told to, holds as many sessions as it is given, and waits long
/// on a busy machine.
/// </summary>
internal sealed class GrowingStore(Backend backend, string place) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ShiftedClock Clock { get; } = new();

    public Backend Backend => backend;

    public ISessionStore Sessions =>
        field ??= backend switch
        {
            Backend.Sqlite => new SqliteSessionStore(
                new SqliteSessionStoreOptions
                {
                    ConnectionString = place,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = Patience,
                },
                Clock
            ),
            Backend.File => new FileSessionStore(
                new FileSessionStoreOptions
                {
                    Path = place,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = Patience,
                },
                Clock
            ),
            Backend.Redis or Backend.Valkey => new RedisSessionStore(
                new RedisSessionStoreOptions { ConnectionString = place, OperationTimeout = Patience },
                Clock
            ),
            Backend.Postgres => new PostgresSessionStore(
                new PostgresSessionStoreOptions
                {
                    ConnectionString = place,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = Patience,
                },
                Clock
            ),
            Backend.MySql => new MySqlSessionStore(
                new MySqlSessionStoreOptions
                {
                    ConnectionString = place,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = Patience,
                },
                Clock
            ),
            _ => new MemorySessionStore(
                new MemorySessionStoreOptions { MaxSessions = int.MaxValue, PruneInterval = TimeSpan.FromDays(1) },
                Clock
            ),
        };

    public IEnumerableSessionStore Listing => (IEnumerableSessionStore)Sessions;

    /// <summary>None where the backend removes what has expired by itself.</summary>
    public IPrunableSessionStore? Pruning => Sessions as IPrunableSessionStore;

    /// <summary>What the store's own timer removes in one call.</summary>
    public int PruneBatch =>
        backend switch
        {
            Backend.Sqlite => new SqliteSessionStoreOptions().PruneBatch,
            Backend.Postgres => new PostgresSessionStoreOptions().PruneBatch,
            Backend.MySql => new MySqlSessionStoreOptions().PruneBatch,
            // The portion of its own prune.
            Backend.Memory => 250,
            _ => int.MaxValue,
        };

    /// <summary>How many times as long as a call the timer's rest after it is.</summary>
    public int PruneRest => backend is Backend.Postgres or Backend.MySql ? 19 : 1;

    public ValueTask DisposeAsync() => ((IAsyncDisposable)Sessions).DisposeAsync();
}
