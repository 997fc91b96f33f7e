using System.Text;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

/// <summary>A database of its own, the stores on it, a clock, and a plain connection beside the store. Removed with everything in it.</summary>
internal sealed class TestDatabase(PostgresDatabase place) : IAsyncDisposable
{
    private readonly List<PostgresSessionStore> _stores = [];

    public string ConnectionString => place.ConnectionString;

    public string Url => place.Url;

    public string Name => place.Name;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What Node has for the present: whole seconds since 1970, rounded up.</summary>
    public long NowSeconds => (long)Math.Ceiling((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    public static async Task<TestDatabase> CreateAsync(SharedPostgres shared) => new(await shared.NewPlaceAsync());

    public Task<(string Name, string ConnectionString)> NewRoleAsync() => place.NewRoleAsync();

    public PostgresSessionStore Store(Action<PostgresSessionStoreOptions>? configure = null, ILogger<PostgresSessionStore>? logger = null)
    {
        // Tests share one server and its 100 connections.
        var pooled = new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 16 }.ConnectionString;
        var options = new PostgresSessionStoreOptions { ConnectionString = pooled, OperationTimeout = TimeSpan.FromSeconds(30), PruneInterval = Timeout.InfiniteTimeSpan };
        configure?.Invoke(options);
        var store = new PostgresSessionStore(options, Clock, logger);
        _stores.Add(store);
        return store;
    }

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

    /// <summary>A connection of nobody's pool, as another program has it.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string? timeZone = null)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timezone = timeZone }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T?> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await ConnectAsync();
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    /// <summary>Waits until so many statements wait for a lock that somebody else holds.</summary>
    public async Task WaitForLockAsync(int statements = 1)
    {
        while (await QueryAsync<int>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") < statements)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await place.DisposeAsync();
    }
}
