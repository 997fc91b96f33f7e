using System.Diagnostics;
using System.Runtime.CompilerServices;
using ServerSessions.Stores.Sqlite.Schema;
using ServerSessions.Stores.Sqlite.Statements;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// Runs reads and writes within the operation timeout. Reads run at once or in a batch; writes wait for the single writer. A database in
/// memory has only one connection, which serves both.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    /// <summary>
    /// The number of waiting calls from which reads are batched (best throughput). Below it the spare connection reads at once (best
    /// latency, also while a reading thread is preempted): on a busy machine p99 of 4 callers' reads is 0.1 ms with it and 3.1 without.
    /// </summary>
    private const int Contended = 8;

    private readonly SqliteLocation _location;
    private readonly DatabaseFile _file;
    private readonly SqliteSchema _schema;
    private readonly SqliteErrors _errors;
    private readonly SqliteWriter _writer;
    private readonly SqliteReader _reader;
    private readonly SqliteReader _spare;
    private readonly SqliteReader _lister;
    private readonly WaitingCalls _waiting;
    private readonly TimeSpan _operationTimeout;
    private readonly Action<UnixFileMode?> _opened;
    private readonly Action<Exception> _checkpointFailed;
    private LogCheckpointer? _checkpointer;
    private volatile bool _inMemory;

    /// <param name="options">Valid options.</param>
    /// <param name="location">The place of the database.</param>
    /// <param name="sql">The statements of the table.</param>
    /// <param name="errors">Maps errors to exceptions.</param>
    /// <param name="opened">Called on the writer's thread after each opening, with the file's mode if other users can read it.</param>
    /// <param name="waited">Called with the time spent waiting for another connection's lock; must not throw.</param>
    /// <param name="checkpointFailed">Called with the error of a failed checkpoint; must not throw.</param>
    public SqliteDatabase(
        SqliteSessionStoreOptions options,
        SqliteLocation location,
        SessionStatements sql,
        SqliteErrors errors,
        Action<UnixFileMode?> opened,
        Action<TimeSpan> waited,
        Action<Exception> checkpointFailed
    )
    {
        _location = location;
        _errors = errors;
        _file = new DatabaseFile(location, errors, options.AllowGroupAccess);
        _schema = new SqliteSchema(sql, errors, options.CreateTable, options.Synchronous);
        _writer = new SqliteWriter(Open, errors, waited, Committed);
        _reader = new SqliteReader(location.Reader);
        _spare = new SqliteReader(location.Reader);
        _lister = new SqliteReader(location.Reader);
        _operationTimeout = options.OperationTimeout;
        _waiting = new WaitingCalls(_operationTimeout, Expired);
        _opened = opened;
        _checkpointFailed = checkpointFailed;
    }

    /// <summary>Opens the database if it is not open. After a failure, the next call tries again.</summary>
    public ValueTask OpenAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.IsOpen ? default : OpenByWriterAsync(operation, cancellationToken);
    }

    /// <summary>Returns and resets whether the writer has waited for another connection's lock.</summary>
    public bool TakeWasLocked() => _writer.TakeWasLocked();

    /// <summary>
    /// Runs a read that sees everything committed before the call, possibly in a batch. It is repeated if SQLite is busy, so it must not
    /// have side effects.
    /// </summary>
    public ValueTask<TResult> ReadAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<StoreConnection, TArgs, TResult> read,
        CancellationToken cancellationToken
    )
    {
        if (_writer.IsOpen && !_inMemory && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (
                    Reader(operation).TryRead(args, read, out var result) || (HasSpare(operation) && _spare.TryRead(args, read, out result))
                )
                {
                    return new(result);
                }
            }
            catch (SqliteFault fault) when (fault.IsBusy)
            {
                // Fall back to the queue.
            }
            catch (SqliteFault fault)
            {
                return ValueTask.FromException<TResult>(ReadFailure(fault, operation));
            }
            catch (Exception error)
            {
                return ValueTask.FromException<TResult>(Failure(error, operation));
            }
        }

        return ReadLaterAsync(operation, args, read, cancellationToken);
    }

    /// <summary>Runs a write in the writer's next transaction and completes after the commit.</summary>
    /// <param name="operation">The operation that errors name.</param>
    /// <param name="args">The arguments of the work.</param>
    /// <param name="write">The work.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<TResult> WriteAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<StoreConnection, TArgs, TResult> write,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return EnqueueAsync(operation, writes: true, args, write, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // The connections that write close last: the last one to close removes the write-ahead log.
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _spare.DisposeAsync().ConfigureAwait(false);
        await _lister.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_checkpointer is not null)
        {
            await _checkpointer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask OpenByWriterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
        await EnqueueAsync(operation, writes: false, 0, static (_, _) => 0, cancellationToken).ConfigureAwait(false);

    /// <remarks>Its state is pooled, which is safe because the task is awaited once, by the store's caller.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> ReadLaterAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<StoreConnection, TArgs, TResult> read,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        await OpenAsync(operation, cancellationToken).ConfigureAwait(false);
        if (_inMemory)
        {
            return await EnqueueAsync(operation, writes: false, args, read, cancellationToken).ConfigureAwait(false);
        }

        for (var backoff = default(Backoff); ;)
        {
            try
            {
                var request = NewRequest(operation, writes: false, args, read, cancellationToken);
                Reader(operation).Enqueue(request);
                return await request.Task.ConfigureAwait(false);
            }
            catch (SqliteFault fault) when (fault.IsBusy)
            {
                if (Stopwatch.GetElapsedTime(started) >= _operationTimeout)
                {
                    throw _errors.Locked(operation, _operationTimeout, fault);
                }
            }
            catch (SqliteFault fault)
            {
                throw ReadFailure(fault, operation);
            }
            catch (Exception error) when (Failure(error, operation) is var failure && failure != error)
            {
                throw failure;
            }

            await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the reader for an operation. A listing or count reads the whole table, so it must not delay other reads.</summary>
    private SqliteReader Reader(SessionStoreOperation operation) =>
        operation is SessionStoreOperation.All or SessionStoreOperation.Length ? _lister : _reader;

    private bool HasSpare(SessionStoreOperation operation) => operation == SessionStoreOperation.Get && _waiting.Count < Contended;

    /// <summary>Maps an exception of a reader's thread to the contract, unless it already belongs to it.</summary>
    private Exception Failure(Exception error, SessionStoreOperation operation) =>
        error is SessionStoreException or ObjectDisposedException or OperationCanceledException ? error : _errors.From(error, operation);

    private SessionStoreException ReadFailure(SqliteFault fault, SessionStoreOperation operation)
    {
        if (fault.BreaksConnection)
        {
            _writer.Invalidate();
        }

        return _errors.From(fault, operation);
    }

    private ValueTask<TResult> EnqueueAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        bool writes,
        TArgs args,
        Func<StoreConnection, TArgs, TResult> work,
        CancellationToken cancellationToken
    )
    {
        var request = NewRequest(operation, writes, args, work, cancellationToken);
        _writer.Enqueue(request);
        return request.Task;
    }

    private SqliteRequest<TArgs, TResult> NewRequest<TArgs, TResult>(
        SessionStoreOperation operation,
        bool writes,
        TArgs args,
        Func<StoreConnection, TArgs, TResult> work,
        CancellationToken cancellationToken
    )
    {
        var request = new SqliteRequest<TArgs, TResult>(args, work, _waiting) { Operation = operation, Writes = writes };
        request.Begin(cancellationToken);
        return request;
    }

    private void Expired(SqliteRequest request)
    {
        if (request.TryAbandon())
        {
            request.GiveUp(
                request.Writes && _writer.IsLockedOut
                    ? _errors.Locked(request.Operation, _operationTimeout)
                    : _errors.Overloaded(request.Operation, _operationTimeout)
            );
        }
        else if (request.Operation is not (SessionStoreOperation.Clear or SessionStoreOperation.Prune or SessionStoreOperation.Length))
        {
            // These three take as long as the table is large, so they have no time limit once started.
            request.GiveUp(_errors.Stalled(request.Operation, _operationTimeout));
        }
    }

    /// <summary>Opens the writer's connection, on the writer's thread.</summary>
    private StoreConnection Open()
    {
        TryPassword();
        var openToOthers = _file.Prepare();
        var connection = StoreConnection.Open(_location.Writer);
        try
        {
            _schema.Prepare(connection);
            _inMemory = connection.FileName.Length == 0;
            if (!_inMemory && LogCheckpointer.IsSafe)
            {
                connection.Execute($"PRAGMA wal_autocheckpoint = {LogCheckpointer.MostPages}");
                (_checkpointer ??= new LogCheckpointer(OpenBeside, _checkpointFailed)).Reopen();
            }

            _opened(openToOthers);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Fails before a file is created if there is a password and this SQLite cannot encrypt.</summary>
    private void TryPassword()
    {
        if (!_location.IsEncrypted)
        {
            return;
        }

        try
        {
            StoreConnection.Open(_location.Trial).Dispose();
        }
        catch (InvalidOperationException)
        {
            throw _errors.Unusable(
                "the connection string has a Password, and this SQLite cannot encrypt. Remove it, or add a SQLite that can (the package "
                    + "SQLitePCLRaw.bundle_e_sqlite3mc)."
            );
        }
    }

    /// <summary>Opens the checkpointer's connection, on its thread.</summary>
    private StoreConnection OpenBeside()
    {
        var connection = StoreConnection.Open(_location.Reader);
        try
        {
            _schema.SetSynchronous(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Counts the pages of a commit, on the writer's thread.</summary>
    private void Committed(StoreConnection connection) => _checkpointer?.Count(connection.TakePagesWritten());
}
