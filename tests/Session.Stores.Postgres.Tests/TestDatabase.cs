using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>A database of its own, and a plain connection beside the stores on it.</summary>
public sealed class TestDatabase(PostgresDatabase place) : StorePlace<PostgresSessionStore, PostgresSessionStoreOptions>
{
    public string ConnectionString => place.ConnectionString;

    public string Url => place.Url;

    public string Name => place.Name;

    /// <summary>What Node has for the present: whole seconds since 1970, rounded up.</summary>
    public long NowSeconds => (long)Math.Ceiling((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    public static async Task<TestDatabase> CreateAsync(SharedPostgres shared) => new(await shared.NewPlaceAsync());

    public Task<(string Name, string ConnectionString)> NewRoleAsync() => place.NewRoleAsync();

    /// <summary>A connection outside any pool, as another program has it.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string? timeZone = null)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timezone = timeZone }.ConnectionString
        );
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

    /// <summary>Waits until so many statements wait for a lock that another connection holds.</summary>
    public async Task WaitForLockAsync(int statements = 1)
    {
        while (
            await QueryAsync<int>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
            < statements
        )
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public override ValueTask OpenAsync(PostgresSessionStore store, CancellationToken cancellationToken) =>
        store.OpenAsync(cancellationToken);

    protected override PostgresSessionStoreOptions Options() =>
        new()
        {
            // Tests share one server and its 100 connections.
            ConnectionString = new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 16 }.ConnectionString,
            OperationTimeout = TimeSpan.FromSeconds(30),
            PruneInterval = Timeout.InfiniteTimeSpan,
        };

    protected override PostgresSessionStore Store(
        PostgresSessionStoreOptions options,
        TimeProvider clock,
        ILogger<PostgresSessionStore>? logger
    ) => new(options, clock, logger);

    protected override ValueTask RemoveAsync() => place.DisposeAsync();
}
