using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>A database of its own, and a plain connection beside the stores on it.</summary>
public sealed class TestDatabase(MySqlDatabase place, MySqlSessionFormat format = MySqlSessionFormat.ExpressMySqlSession)
    : RelationalPlace<MySqlSessionStore, MySqlSessionStoreOptions>
{
    public override string ConnectionString => place.ConnectionString;

    public override string Url => place.Url;

    public override string Name => place.Name;

    public override SessionTable Table { get; } = new("sessions", "session_id", "data", "expires");

    /// <summary>What Node has for the present: the nearest whole second since 1970.</summary>
    public override long NowSeconds => (long)Math.Round((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    /// <summary>What a row of the form has for an expiry in so many seconds.</summary>
    public long InSeconds(int seconds) => (NowSeconds + seconds) * (format == MySqlSessionFormat.Binary ? 1000 : 1);

    public override string ExpiresIn(int seconds) => InSeconds(seconds).ToString(CultureInfo.InvariantCulture);

    public static async Task<TestDatabase> CreateAsync(
        SharedMySql shared,
        MySqlSessionFormat format = MySqlSessionFormat.ExpressMySqlSession
    ) => new(await shared.NewPlaceAsync(), format);

    public override Task<(string Name, string ConnectionString)> NewUserAsync() => place.NewUserAsync();

    public override Task GrantAsync(string rights, string user) => ExecuteAsync($"GRANT {rights} ON sessions TO '{user}'@'%'");

    public override DbDataSource NewSource(string connectionString) => new MySqlDataSource(connectionString);

    public override Task<long> TablesAsync() =>
        QueryAsync<long>("SELECT count(*) FROM information_schema.tables WHERE table_schema = database()");

    /// <summary>All but the asking one: the server does not tell whose a connection is.</summary>
    public override Task<int> StoreConnectionsAsync() =>
        QueryAsync<int>("SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()");

    public override async Task KillConnectionsAsync()
    {
        await using var killer = await ConnectAsync();
        const string Others = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()";
        foreach (var id in await killer.QueryAsync<ulong>(Others))
        {
            await KillAsync(killer, id);
        }
    }

    /// <summary>Ends a connection; gives 0 if it has ended by itself.</summary>
    public static async Task<int> KillAsync(DbConnection killer, ulong id)
    {
        try
        {
            await killer.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"KILL {id}"));
            return 1;
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.NoSuchThread)
        {
            return 0;
        }
    }

    /// <summary>The lock ends with its connection.</summary>
    public override async Task<IAsyncDisposable> LockTableAsync()
    {
        var connection = await ConnectAsync();
        await connection.ExecuteAsync("LOCK TABLES sessions WRITE");
        return connection;
    }

    /// <summary>
    /// For a row or a table. The server's table innodb_trx is not asked: it stays as it is for who asks more often than each tenth of a
    /// second.
    /// </summary>
    public override async Task<int> LockWaitsAsync(DbConnection connection, DbTransaction? transaction = null)
    {
        const string ForRow = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";
        const string ForTable =
            "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table%'";
        var (_, waits) = await connection.QuerySingleAsync<(string, string)>(ForRow, transaction: transaction);
        return int.Parse(waits, CultureInfo.InvariantCulture)
            + await connection.ExecuteScalarAsync<int>(ForTable, transaction: transaction);
    }

    public override async Task<NodePackage> NodeAsync() => new ExpressMySqlSession(await ConnectAsync());

    public override Task CreateAsNodeAsync() => ExecuteAsync(ExpressMySqlSession.CreateTable);

    public override async Task InsertManyAsync(string start, int count, string expires)
    {
        for (var first = 0; first < count; first += 1000)
        {
            await ExecuteAsync(
                $"INSERT INTO sessions (session_id, expires, data) SELECT concat('{start}', {Rows.Number} + {first}), {expires}, '{{}}' "
                    + $"FROM {Rows.Of(Math.Min(count - first, 1000))}"
            );
        }
    }

    public static void Apply(StoreSettings settings, MySqlSessionStoreOptions options)
    {
        options.ConnectionString = settings.Source is null ? settings.ConnectionString ?? options.ConnectionString : "";
        options.DataSource = (MySqlDataSource?)settings.Source ?? options.DataSource;
        options.TableName = settings.TableName ?? options.TableName;
        options.CreateTable = settings.CreateTable;
        options.OperationTimeout = settings.OperationTimeout ?? options.OperationTimeout;
        options.DefaultLifetime = settings.DefaultLifetime ?? options.DefaultLifetime;
        options.PruneInterval = settings.PruneInterval ?? options.PruneInterval;
        options.PruneBatch = settings.PruneBatch ?? options.PruneBatch;
    }

    protected override DbConnection NewConnection(string connectionString) =>
        new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { AllowUserVariables = true }.ConnectionString);

    protected override void Configure(MySqlSessionStoreOptions options, StoreSettings settings) => Apply(settings, options);

    protected override MySqlSessionStoreOptions Options() =>
        new()
        {
            // Tests share one server and its connections.
            ConnectionString = With("Maximum Pool Size", 16),
            Format = format,
            OperationTimeout = TimeSpan.FromSeconds(30),
            PruneInterval = Timeout.InfiniteTimeSpan,
        };

    protected override MySqlSessionStore Store(
        MySqlSessionStoreOptions options,
        TimeProvider clock,
        ILogger<MySqlSessionStore>? logger
    ) => new(options, clock, logger);

    protected override ValueTask RemoveAsync() => place.DisposeAsync();
}

/// <summary>A table of at most 1000 numbers, on any server.</summary>
internal static class Rows
{
    public const string Number = "numbers.i";

    public static string Of(int count) =>
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + count.ToString(CultureInfo.InvariantCulture)
        + ") SELECT i FROM n) numbers";
}
