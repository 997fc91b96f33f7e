using System.Diagnostics;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Runs calls on the database. Each call has a timeout that includes the pool and the opening, uses one connection, and is retried once if
/// the connection was broken.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly bool _ownsSource;
    private readonly PostgresFailures _failures;
    private readonly SessionSchema _schema;
    private readonly TimeSpan _timeout;
    private readonly PostgresEvents _events;
    private readonly ConnectionWatch _watch;
    private readonly AbandonedCalls _abandoned = new();
    private readonly Lock _opening = new();
    private readonly Lock _clearing = new();
    private Task<SessionTable>? _opened;
    private long _cleared;
    private volatile bool _disposed;

    public PostgresDatabase(PostgresSessionStoreOptions options, PostgresEvents events)
    {
        _ownsSource = options.DataSource is null;
        _source = options.DataSource ?? PostgresSource.Create(options);
        Target = PostgresTarget.From(_source, options);
        _failures = new PostgresFailures(Target);
        _schema = new SessionSchema(options, _failures);
        _timeout = options.OperationTimeout;
        _events = events;
        _watch = new ConnectionWatch(ProbeAsync, events.Reachable);
    }

    public PostgresTarget Target { get; }

    /// <summary>Finds or creates the table, if this has not been done. After a failure, the next call tries again.</summary>
    public async ValueTask OpenAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await OpenedAsync().WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Runs one statement. It may run twice; <see cref="PostgresCall.IsRetry"/> is then set.</summary>
    public async ValueTask<TResult> RunAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<SessionTable, NpgsqlConnection, TArgs, PostgresCall, ValueTask<TResult>> work,
        CancellationToken cancel
    )
    {
        cancel.ThrowIfCancellationRequested();
        var call = new PostgresCall();
        var running = AttemptAsync(operation, call, args, work);
        try
        {
            return await running.WaitAsync(_timeout, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _abandoned.Add(call, running);
            throw _failures.TooLate(operation, _timeout, call);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _abandoned.Add(call, running);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _watch.DisposeAsync().ConfigureAwait(false);
        if (_ownsSource)
        {
            // Connections in use close when their calls return them.
            await _source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<TResult> AttemptAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        PostgresCall call,
        TArgs args,
        Func<SessionTable, NpgsqlConnection, TArgs, PostgresCall, ValueTask<TResult>> work
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
                    return await work(table, connection, args, call).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (!IsOwn(error, call))
            {
                var failure = PostgresFailures.InDriversWords(error);
                if (PostgresFailures.IsLostConnection(failure) && !call.IsRetry && !_disposed)
                {
                    _events.Retried();
                    DropPooled(call.Began);
                    call.Retry();
                    continue;
                }

                if (PostgresFailures.IsLayoutChange(failure))
                {
                    Reopen();
                }

                throw _failures.From(failure, operation);
            }
        }
    }

    /// <summary>
    /// Whether an exception is passed on unchanged. All others come from the driver or from code in the application's data source.
    /// </summary>
    private bool IsOwn(Exception error, PostgresCall call) =>
        error is SessionStoreException
        || (error is ObjectDisposedException && _disposed)
        || (error is OperationCanceledException && call.IsAbandoned);

    /// <summary>
    /// Returns a connection from the pool; for the second attempt a tested one. While the driver clears its pool on another thread,
    /// clearing it returns at once and broken connections remain. Each one found is removed, so there are at most as many as the pool's
    /// size.
    /// </summary>
    private async ValueTask<NpgsqlConnection> ConnectAsync(SessionStoreOperation operation, PostgresCall call)
    {
        for (var unasked = Target.PoolSize; ; unasked--)
        {
            var connection = await PickAsync(operation, call).ConfigureAwait(false);
            if (!call.IsRetry || unasked == 0 || await AnswersAsync(connection, call).ConfigureAwait(false))
            {
                return connection;
            }
        }
    }

    /// <summary>Tests a connection, and returns it to the pool if it is broken.</summary>
    private static async ValueTask<bool> AnswersAsync(NpgsqlConnection connection, PostgresCall call)
    {
        try
        {
            await PingAsync(connection, call).ConfigureAwait(false);
            return true;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (PostgresFailures.IsLostConnection(PostgresFailures.InDriversWords(error)))
            {
                return false;
            }

            throw;
        }
    }

    private static async ValueTask<int> PingAsync(NpgsqlConnection connection, PostgresCall call)
    {
        using var command = SessionCommand.Create(connection, "SELECT 1");
        return await command.ExecuteNonQueryAsync(call.Stopping).ConfigureAwait(false);
    }

    private async ValueTask<NpgsqlConnection> PickAsync(SessionStoreOperation operation, PostgresCall call)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await AmbientTransaction.OpenOutsideAsync(_source, call.Stopping).ConfigureAwait(false);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            throw new ObjectDisposedException(typeof(PostgresSessionStore).FullName);
        }
        catch (ObjectDisposedException) when (!_ownsSource)
        {
            throw _failures.SourceDisposed(operation);
        }
        catch (Exception error) when (!IsOwn(error, call))
        {
            var failure = PostgresFailures.InDriversWords(error);
            if (_failures.IsAway(failure))
            {
                _watch.Lost();
            }

            // Mapped here, so that it is not retried: no stale connection was used, the server cannot be reached.
            throw _failures.From(failure, operation);
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
            _source.Clear();
            ForgetRoles();
        }
    }

    /// <summary>
    /// Clears the driver's cache of host roles. It remembers the primary for ten seconds (<c>Host Recheck Seconds</c>), so after a failover
    /// it would use the old one.
    /// </summary>
    private void ForgetRoles() => (_source as NpgsqlMultiHostDataSource)?.ClearDatabaseStates();

    private void Reopen()
    {
        lock (_opening)
        {
            if (_opened is { IsCompleted: true })
            {
                _opened = null;
            }
        }
    }

    /// <summary>Returns the current opening, shared by all callers, or starts one.</summary>
    private Task<SessionTable> OpenedAsync()
    {
        if (_opened is { IsCompletedSuccessfully: true } done)
        {
            return done;
        }

        lock (_opening)
        {
            return _opened is null or { IsFaulted: true } or { IsCanceled: true } ? _opened = OpenTableAsync() : _opened;
        }
    }

    private async Task<SessionTable> OpenTableAsync()
    {
        var call = new PostgresCall();
        var running = Task.Run(() => AttemptAsync(SessionStoreOperation.Open, call, this, static async (_, connection, database, call) =>
            {
                var layout = await database._schema.OpenAsync(connection, call.Stopping).ConfigureAwait(false);
                database._events.Opened(layout);
                return new SessionTable(layout);
            }));
        try
        {
            return await running.WaitAsync(_timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _abandoned.Add(call, running);
            throw _failures.TooLate(SessionStoreOperation.Open, _timeout, call);
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        ForgetRoles();
        var call = new PostgresCall();
        var running = AttemptAsync(SessionStoreOperation.Open, call, 0, static (_, connection, _, call) => PingAsync(connection, call));
        try
        {
            await running.WaitAsync(_timeout, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            _abandoned.Add(call, running);
            stopping.ThrowIfCancellationRequested();
            throw _failures.TooLate(SessionStoreOperation.Open, _timeout, call);
        }
    }
}
