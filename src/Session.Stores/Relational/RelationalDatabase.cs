using System.Data.Common;
using System.Diagnostics;

namespace ServerSessions.Stores.Relational;

/// <summary>
/// Runs calls on the database. Each call has a timeout that includes the pool and the opening, uses one connection, and is retried once if
/// the connection was broken and <see cref="SecondAttempt"/> allows it.
/// </summary>
internal sealed class RelationalDatabase : IAsyncDisposable
{
    private readonly RelationalDialect _dialect;
    private readonly TimeSpan _timeout;
    private readonly Action<RelationalTable> _opened;
    private readonly Action _retried;
    private readonly ReachabilityWatch _watch;
    private readonly PooledConnections _pool;
    private readonly AbandonedCalls _abandoned = new();
    private readonly Lock _opening = new();
    private readonly Lock _clearing = new();
    private Task<RelationalTable>? _table;
    private long _cleared;
    private volatile bool _isDisposed;

    /// <param name="dialect">The dialect.</param>
    /// <param name="timeout">The timeout of a call.</param>
    /// <param name="timeProvider">The clock for how long a connection has rested.</param>
    /// <param name="opened">Called whenever the table was opened.</param>
    /// <param name="retried">Called before a statement is sent once more.</param>
    /// <param name="reachable">Called when the server is lost, and when it is found.</param>
    public RelationalDatabase(
        RelationalDialect dialect,
        TimeSpan timeout,
        TimeProvider timeProvider,
        Action<RelationalTable> opened,
        Action retried,
        Action<bool> reachable
    )
    {
        (_dialect, _timeout, _opened, _retried) = (dialect, timeout, opened, retried);
        _pool = new PooledConnections(dialect.MaxPoolSize, timeProvider);
        _watch = new ReachabilityWatch(ProbeAsync, reachable);
    }

    /// <summary>Finds or creates the table, if this has not been done. After a failure, the next call tries again.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await OpenedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one operation. It may run twice; <see cref="RelationalCall.IsRetry"/> is then set.</summary>
    public async ValueTask<TResult> RunAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        SecondAttempt second,
        TArgs args,
        Func<RelationalTable, DbConnection, TArgs, RelationalCall, ValueTask<TResult>> work,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new RelationalCall { Second = second };
        var running = AttemptAsync(operation, call, args, work);
        try
        {
            return await running.WaitAsync(_timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _abandoned.Add(call, running);
            throw _dialect.Errors.TooLate(operation, _timeout, call);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _abandoned.Add(call, running);
            throw;
        }
        catch (SessionStoreException error) when (call.MayHaveRun && RelationalErrors.OfRetry(error) is { } corrected)
        {
            throw corrected;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _watch.DisposeAsync().ConfigureAwait(false);
        if (_dialect.OwnsSource)
        {
            // Connections in use close when their calls return them.
            await _dialect.Source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<TResult> AttemptAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        RelationalCall call,
        TArgs args,
        Func<RelationalTable, DbConnection, TArgs, RelationalCall, ValueTask<TResult>> work
    )
    {
        while (true)
        {
            try
            {
                // There is no table object before the opening.
                var table = operation == SessionStoreOperation.Open ? null! : await OpenedAsync().ConfigureAwait(false);
                var connection = await ConnectAsync(operation, call).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var result = await work(table, connection, args, call).ConfigureAwait(false);
                    _pool.Replied(_dialect.IdOf(connection));
                    return result;
                }
            }
            catch (Exception error) when (!IsOwn(error, call))
            {
                if (_dialect.Errors.IsLostConnection(error) && !_isDisposed)
                {
                    DropPooled(call.Began);
                    var mayHaveRun = !_dialect.Errors.IsNotExecuted(error);
                    if (mayHaveRun && call.Second == SecondAttempt.None)
                    {
                        throw _dialect.Errors.Unknown(operation);
                    }

                    if (!call.IsRetry)
                    {
                        _retried();
                        call.Retry(mayHaveRun);
                        continue;
                    }
                }

                if (_dialect.Errors.IsLayoutChange(error))
                {
                    Reopen();
                }

                throw _dialect.Errors.From(error, operation);
            }
        }
    }

    /// <summary>
    /// Whether an exception is passed on unchanged. All others come from the driver or from code in the application's data source.
    /// </summary>
    private bool IsOwn(Exception error, RelationalCall call) =>
        error is SessionStoreException
        || (error is ObjectDisposedException && _isDisposed)
        || (error is OperationCanceledException && call.IsAbandoned);

    /// <summary>
    /// Returns a connection from the pool, tested if it may have died at rest and the call depends on it. While a driver clears its pool on
    /// another thread, clearing it returns at once and broken connections remain. Each one found is removed, so there are at most as many
    /// as the pool's size.
    /// </summary>
    private async ValueTask<DbConnection> ConnectAsync(SessionStoreOperation operation, RelationalCall call)
    {
        for (var untested = _dialect.MaxPoolSize; ; untested--)
        {
            var connection = await PickAsync(operation, call).ConfigureAwait(false);
            if (untested == 0 || !NeedsTest(operation, connection, call) || await IsAliveAsync(connection, call).ConfigureAwait(false))
            {
                return connection;
            }
        }
    }

    /// <summary>Whether a connection is tested first. A prune is rare, so its connection always is.</summary>
    private bool NeedsTest(SessionStoreOperation operation, DbConnection connection, RelationalCall call) =>
        call.IsRetry
        || operation == SessionStoreOperation.Prune
        || (call.Second != SecondAttempt.Repeats && !_pool.IsFresh(_dialect.IdOf(connection)));

    /// <summary>Tests a connection. A broken one goes back to the pool, which closes it.</summary>
    private async ValueTask<bool> IsAliveAsync(DbConnection connection, RelationalCall call)
    {
        try
        {
            await PingAsync(connection, call).ConfigureAwait(false);

            // The caller may have left meanwhile.
            call.Execute();
            return true;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (_dialect.Errors.IsLostConnection(error))
            {
                if (!call.IsRetry)
                {
                    DropPooled(call.Began);
                }

                return false;
            }

            throw;
        }
    }

    private static async ValueTask<int> PingAsync(DbConnection connection, RelationalCall call)
    {
        using var command = RelationalCommand.Create(connection, "SELECT 1");
        return await command.ExecuteNonQueryAsync(call.Stopping).ConfigureAwait(false);
    }

    private async ValueTask<DbConnection> PickAsync(SessionStoreOperation operation, RelationalCall call)
    {
        DbConnection connection;
        try
        {
            connection = await AmbientTransaction.OpenOutsideAsync(_dialect.Source, call.Stopping).ConfigureAwait(false);
        }
        catch (ObjectDisposedException) when (!_isDisposed && !_dialect.OwnsSource)
        {
            throw _dialect.Errors.SourceDisposed(operation);
        }
        catch (Exception error) when (!IsOwn(error, call))
        {
            if (_dialect.Errors.IsUnreachable(error))
            {
                _watch.Lost();
            }

            // Mapped here, so that it is not retried: no stale connection was used, the server cannot be reached.
            throw _dialect.Errors.From(error, operation);
        }

        try
        {
            _watch.Found();
            call.Execute();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Clears the pool, because the event that broke one connection usually broke all of them. Does nothing if the pool was cleared after
    /// the failed attempt got its connection. Concurrent callers wait for the clearing.
    /// </summary>
    private void DropPooled(long began)
    {
        lock (_clearing)
        {
            if (began <= _cleared)
            {
                return;
            }

            // Set before the clearing, so that a connection taken during it counts as an old one.
            _cleared = Stopwatch.GetTimestamp();
            _pool.Broke();
            _dialect.ClearPool();
            _dialect.ForgetServers();
        }
    }

    private void Reopen()
    {
        lock (_opening)
        {
            if (_table is { IsCompleted: true })
            {
                _table = null;
            }
        }
    }

    /// <summary>Returns the current opening, shared by all callers, or starts one.</summary>
    private Task<RelationalTable> OpenedAsync()
    {
        if (_table is { IsCompletedSuccessfully: true } done)
        {
            return done;
        }

        lock (_opening)
        {
            return _table is null or { IsFaulted: true } or { IsCanceled: true } ? _table = OpenTableAsync() : _table;
        }
    }

    private async Task<RelationalTable> OpenTableAsync()
    {
        var call = new RelationalCall();
        var running = Task.Run(() =>
            AttemptAsync(SessionStoreOperation.Open, call, this, static async (_, connection, database, call) =>
            {
                var table = await database._dialect.OpenTableAsync(connection, call.Stopping).ConfigureAwait(false);
                database._opened(table);
                return table;
            })
        );
        try
        {
            return await running.WaitAsync(_timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _abandoned.Add(call, running);
            throw _dialect.Errors.TooLate(SessionStoreOperation.Open, _timeout, call);
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        _dialect.ForgetServers();
        var call = new RelationalCall();
        var running = AttemptAsync(SessionStoreOperation.Open, call, 0, static (_, connection, _, call) => PingAsync(connection, call));
        try
        {
            await running.WaitAsync(_timeout, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            _abandoned.Add(call, running);
            stopping.ThrowIfCancellationRequested();
            throw _dialect.Errors.TooLate(SessionStoreOperation.Open, _timeout, call);
        }
    }
}
