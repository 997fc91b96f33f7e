using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>A database of its own, and a plain connection beside the stores on it.</summary>
public sealed class TestDatabase(PostgresDatabase place) : RelationalPlace<PostgresSessionStore, PostgresSessionStoreOptions>
{
    public override string ConnectionString => place.ConnectionString;

    public override string Url => place.Url;

    public override string Name => place.Name;

    public override SessionTable Table { get; } = new("session", "sid", "sess", "expire");

    /// <summary>What Node has for the present: whole seconds since 1970, rounded up.</summary>
    public override long NowSeconds => (long)Math.Ceiling((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    public override string ExpiresIn(int seconds) => string.Create(CultureInfo.InvariantCulture, $"to_timestamp({NowSeconds + seconds})");

    public static async Task<TestDatabase> CreateAsync(SharedPostgres shared) => new(await shared.NewPlaceAsync());

    public override Task<(string Name, string ConnectionString)> NewUserAsync() => place.NewRoleAsync();

    public override Task GrantAsync(string rights, string user) => ExecuteAsync($"GRANT {rights} ON session TO {user}");

    public override DbDataSource NewSource(string connectionString) => NpgsqlDataSource.Create(connectionString);

    public override Task<long> TablesAsync() => QueryAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");

    public override Task<int> StoreConnectionsAsync() =>
        QueryAsync<int>(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'Session.Stores.Postgres' AND datname = current_database()"
        );

    public override Task KillConnectionsAsync() =>
        ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
                + "backend_type = 'client backend'"
        );

    /// <summary>The lock ends with its connection.</summary>
    public override async Task<IAsyncDisposable> LockTableAsync()
    {
        var connection = await ConnectAsync();
        await connection.ExecuteAsync("BEGIN; LOCK TABLE session");
        return connection;
    }

    public override Task<int> LockWaitsAsync(DbConnection connection, DbTransaction? transaction = null) =>
        connection.ExecuteScalarAsync<int>(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
            transaction: transaction
        );

    public override async Task<NodePackage> NodeAsync() => new ConnectPgSimple(await ConnectAsync());

    public override Task CreateAsNodeAsync() => ExecuteAsync(ConnectPgSimple.CreateTable);

    public override Task InsertManyAsync(string start, int count, string expires) =>
        ExecuteAsync(
            $"INSERT INTO session SELECT '{start}' || i, '{{}}', {expires} FROM generate_series(1, {count}) i; ANALYZE session"
        );

    /// <summary>Node on connections of that time zone.</summary>
    public async Task<NodePackage> NodeAsync(string timeZone) => new ConnectPgSimple(await ConnectAsync(With("Timezone", timeZone)));

    public static void Apply(StoreSettings settings, PostgresSessionStoreOptions options)
    {
        options.ConnectionString = settings.Source is null ? settings.ConnectionString ?? options.ConnectionString : "";
        options.DataSource = (NpgsqlDataSource?)settings.Source ?? options.DataSource;
        options.TableName = settings.TableName ?? options.TableName;
        options.CreateTable = settings.CreateTable;
        options.OperationTimeout = settings.OperationTimeout ?? options.OperationTimeout;
        options.DefaultLifetime = settings.DefaultLifetime ?? options.DefaultLifetime;
        options.PruneInterval = settings.PruneInterval ?? options.PruneInterval;
        options.PruneBatch = settings.PruneBatch ?? options.PruneBatch;
    }

    protected override DbConnection NewConnection(string connectionString) => new NpgsqlConnection(connectionString);

    protected override void Configure(PostgresSessionStoreOptions options, StoreSettings settings) => Apply(settings, options);

    protected override PostgresSessionStoreOptions Options() =>
        new()
        {
            // Tests share one server and its 100 connections.
            ConnectionString = With("Maximum Pool Size", 16),
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
