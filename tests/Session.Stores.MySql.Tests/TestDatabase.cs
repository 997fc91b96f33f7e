using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>A database of its own, and a plain connection beside the stores on it.</summary>
public sealed class TestDatabase(MySqlDatabase place, MySqlSessionFormat format) : StorePlace<MySqlSessionStore, MySqlSessionStoreOptions>
{
    public string ConnectionString => place.ConnectionString;

    public string Url => place.Url;

    public string Name => place.Name;

    /// <summary>What Node has for the present: the nearest whole second since 1970.</summary>
    public long NowSeconds => (long)Math.Round((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    /// <summary>What a row of the form has for an expiry in so many seconds.</summary>
    public long InSeconds(int seconds) => (NowSeconds + seconds) * (format == MySqlSessionFormat.Binary ? 1000 : 1);

    public static async Task<TestDatabase> CreateAsync(
        SharedMySql shared,
        MySqlSessionFormat format = MySqlSessionFormat.ExpressMySqlSession
    ) => new(await shared.NewPlaceAsync(), format);

    public Task<(string Name, string ConnectionString)> NewUserAsync() => place.NewUserAsync();

    /// <summary>A connection outside any pool, as another program has it.</summary>
    public async Task<MySqlConnection> ConnectAsync()
    {
        var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(ConnectionString) { Pooling = false, AllowUserVariables = true }.ConnectionString
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

    public Task<long> TablesAsync() =>
        QueryAsync<long>("SELECT count(*) FROM information_schema.tables WHERE table_schema = database()");

    /// <summary>Waits until a statement waits for a row that another connection holds.</summary>
    public async Task WaitForRowLockAsync()
    {
        await using var connection = await ConnectAsync();
        while (await RowLockWaitsAsync(connection) == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until so many statements wait for a table that another connection holds.</summary>
    public async Task WaitForTableLockAsync(int statements)
    {
        const string Waiting =
            "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table%'";
        while (await QueryAsync<int>(Waiting) < statements)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// How many statements of the server wait for a row now. Its table innodb_trx is not asked: it stays as it is for who asks more often
    /// than each tenth of a second.
    /// </summary>
    internal static async Task<int> RowLockWaitsAsync(MySqlConnection connection, MySqlTransaction? transaction = null)
    {
        const string Waits = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";
        var (_, waits) = await connection.QuerySingleAsync<(string, string)>(Waits, transaction: transaction);
        return int.Parse(waits, CultureInfo.InvariantCulture);
    }

    public override ValueTask OpenAsync(MySqlSessionStore store, CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    protected override MySqlSessionStoreOptions Options() =>
        new()
        {
            // Tests share one server and its connections.
            ConnectionString = new MySqlConnectionStringBuilder(ConnectionString) { MaximumPoolSize = 16 }.ConnectionString,
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
