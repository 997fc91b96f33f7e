using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using ServerSessions.Conformance;
using ServerSessions.Stores.Relational;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>A database of its own, plain connections beside the stores on it, and what its server says of both.</summary>
public abstract class RelationalPlace<TStore, TOptions> : StorePlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    public abstract string ConnectionString { get; }

    public abstract string Url { get; }

    public abstract string Name { get; }

    /// <summary>The table by default.</summary>
    public abstract SessionTable Table { get; }

    /// <summary>What Node has for the present, in whole seconds since 1970.</summary>
    public abstract long NowSeconds { get; }

    /// <summary>A value of the column of expiries, as SQL.</summary>
    public abstract string ExpiresIn(int seconds);

    /// <summary>Rows with the ids <paramref name="start"/>1 to <paramref name="start"/>n.</summary>
    public abstract Task InsertManyAsync(string start, int count, string expires);

    /// <summary>A user who may log in and nothing else.</summary>
    public abstract Task<(string Name, string ConnectionString)> NewUserAsync();

    public abstract DbDataSource NewSource(string connectionString);

    /// <summary>Gives a user or role of <see cref="NewUserAsync"/> these rights on the table.</summary>
    public abstract Task GrantAsync(string rights, string user);

    public abstract Task<long> TablesAsync();

    /// <summary>The connections that stores have to this database. What cannot be told from them is counted too.</summary>
    public abstract Task<int> StoreConnectionsAsync();

    /// <summary>Ends every other connection to this database, as an administrator does.</summary>
    public abstract Task KillConnectionsAsync();

    /// <summary>Takes the whole table from all others, until the lock is disposed.</summary>
    public abstract Task<IAsyncDisposable> LockTableAsync();

    /// <summary>How many statements wait for a lock now.</summary>
    public abstract Task<int> LockWaitsAsync(DbConnection connection, DbTransaction? transaction = null);

    public abstract Task<NodePackage> NodeAsync();

    /// <summary>Makes the table as the Node package does.</summary>
    public abstract Task CreateAsNodeAsync();

    public TStore StoreWith(StoreSettings settings, TimeProvider? clock = null, ILogger<TStore>? logger = null) =>
        Store(options => Configure(options, settings), logger, clock);

    /// <summary>A store by the system's clock, whose pool is of the driver's usual size.</summary>
    public TStore StoreOnTime(string connectionString, TimeSpan timeout) =>
        StoreWith(new StoreSettings { ConnectionString = connectionString, OperationTimeout = timeout }, TimeProvider.System);

    /// <summary>The connection string with one setting changed.</summary>
    /// <param name="setting">Its name, which both drivers know.</param>
    /// <param name="value">Its value; null: without the setting.</param>
    public string With(string setting, object? value) => ConnectionStrings.With(ConnectionString, setting, value);

    /// <summary>The connection string by way of a proxy.</summary>
    public string Through(FaultProxy proxy) => With("Port", proxy.Port);

    /// <summary>A connection outside any pool, as another program has it.</summary>
    public async Task<DbConnection> ConnectAsync(string? connectionString = null)
    {
        var connection = NewConnection(ConnectionStrings.With(connectionString ?? ConnectionString, "Pooling", false));
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

    public Task<long> CountAsync(string where = "") => QueryAsync<long>($"SELECT count(*) FROM {Table.Name} {where}");

    /// <summary>Waits until so many statements wait for a lock that another connection holds.</summary>
    public async Task WaitForLockAsync(int statements = 1)
    {
        await using var connection = await ConnectAsync();
        await Bounded.UntilAsync(
            async () => await LockWaitsAsync(connection) >= statements,
            $"{statements} statements that wait for a lock",
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Waits until no store has a connection. One ends a moment after its client has gone.</summary>
    public Task WaitForNoStoreConnectionAsync() =>
        Bounded.UntilAsync(
            async () => await StoreConnectionsAsync() == 0,
            "the end of the store's connections",
            TestContext.Current.CancellationToken
        );

    public override ValueTask OpenAsync(TStore store, CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    protected abstract DbConnection NewConnection(string connectionString);

    protected abstract void Configure(TOptions options, StoreSettings settings);
}
