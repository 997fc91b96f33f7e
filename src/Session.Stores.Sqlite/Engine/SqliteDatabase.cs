using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// A database as the store sees it: reads that run at once or with those that wait, writes that wait for the one writer, both within the
/// busy timeout. In memory there is one connection only, and everything goes through it.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    /// <summary>
    /// So many calls that wait are a crowd: a read that finds the connection taken waits its turn and is read with others, which is the
    /// most reads a second. With fewer the spare connection reads at once, which is the shortest time for each, also while a thread that
    /// reads has lost the processor.
    /// </summary>
    private const int Crowd = 8;

    private readonly SqliteLocation _location;
    private readonly DatabaseFile _file;
    private readonly SqliteSchema _schema;
    private readonly SqliteFailures _failures;
    private readonly SqliteWriter _writer;
    private readonly SqliteReader _reader;
    private readonly SqliteReader _spare;
    private readonly SqliteReader _lister;
    private readonly RequestWatch _watch;
    private readonly TimeSpan _operationTimeout;
    private readonly Action<string, UnixFileMode?> _opened;
    private readonly Action<Exception> _notCarriedOver;
    private LogCheckpointer? _checkpointer;
    private volatile bool _inMemory;

    /// <param name="options">Valid ones.</param>
    /// <param name="sql">The table.</param>
    /// <param name="opened">Told the file's name, and its mode if others can read it, on the writer's thread, whenever the database was
    /// opened.</param>
    /// <param name="waited">Told how long another's lock was waited for; throws nothing.</param>
    /// <param name="notCarriedOver">Told what kept the write-ahead log from being carried over; throws nothing.</param>
    public SqliteDatabase(
        SqliteSessionStoreOptions options,
        SessionSql sql,
        Action<string, UnixFileMode?> opened,
        Action<TimeSpan> waited,
        Action<Exception> notCarriedOver
    )
    {
        if (!SqliteLocation.TryParse(options.ConnectionString, out var location, out var error))
        {
            throw new ArgumentException($"{nameof(options.ConnectionString)} {error}", nameof(options));
        }

        _location = location;
        _failures = new SqliteFailures(location, sql.TableName);
        _file = new DatabaseFile(location, _failures, options.AllowGroupAccess);
        _schema = new SqliteSchema(sql, _failures, options.CreateTable, options.Synchronous);
        _writer = new SqliteWriter(Open, _failures, waited, Committed);
        _reader = new SqliteReader(location.Reader);
        _spare = new SqliteReader(location.Reader);
        _lister = new SqliteReader(location.Reader);
        _operationTimeout = options.OperationTimeout;
        _watch = new RequestWatch(_operationTimeout, Expired);
        _opened = opened;
        _notCarriedOver = notCarriedOver;
    }

    /// <summary>Opens the database where it is not open. A failure is not kept: the next call tries again.</summary>
    public ValueTask OpenAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.IsOpen ? default : OpenByWriterAsync(operation, cancellationToken);
    }

    /// <summary>Whether another's lock was waited for since this was last asked.</summary>
    public bool TakeWasLocked() => _writer.TakeWasLocked();

    /// <summary>
    /// Runs a read, perhaps together with others, after everything that was committed before the call. Repeated where SQLite says busy, so
    /// it must not have effects.
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
                // As if it had not been tried.
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

    /// <summary>Runs a write in the writer's next transaction; answers once that is committed.</summary>
    /// <param name="operation">For the errors.</param>
    /// <param name="args">What the work needs.</param>
    /// <param name="write">The work.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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
        // Those that write last: the last connection to close tidies the write-ahead log away.
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _spare.DisposeAsync().ConfigureAwait(false);
        await _lister.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        _watch.Dispose();
        if (_checkpointer is not null)
        {
            await _checkpointer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask OpenByWriterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
        await EnqueueAsync(operation, writes: false, 0, static (_, _) => 0, cancellationToken).ConfigureAwait(false);

    /// <remarks>Takes its state from a pool: its task is awaited once, by the store's caller.</remarks>
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
                    throw _failures.Locked(operation, _operationTimeout, fault);
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

    /// <summary>A listing or a count reads the whole table: sessions are not read behind it.</summary>
    private SqliteReader Reader(SessionStoreOperation operation) =>
        operation is SessionStoreOperation.All or SessionStoreOperation.Length ? _lister : _reader;

    private bool HasSpare(SessionStoreOperation operation) => operation == SessionStoreOperation.Get && _watch.Count < Crowd;

    /// <summary>What a reader's thread met, in the contract's words, if it is not in them already.</summary>
    private Exception Failure(Exception error, SessionStoreOperation operation) =>
        error is SessionStoreException or ObjectDisposedException or OperationCanceledException ? error : _failures.From(error, operation);

    private SessionStoreException ReadFailure(SqliteFault fault, SessionStoreOperation operation)
    {
        if (fault.BreaksConnection)
        {
            _writer.Invalidate();
        }

        return _failures.From(fault, operation);
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
        var request = new SqliteRequest<TArgs, TResult>(args, work, _watch) { Operation = operation, Writes = writes };
        request.Begin(cancellationToken);
        return request;
    }

    private void Expired(SqliteRequest request)
    {
        if (request.TryAbandon())
        {
            request.GiveUp(
                request.Writes && _writer.IsLockedOut
                    ? _failures.Locked(request.Operation, _operationTimeout)
                    : _failures.Overloaded(request.Operation, _operationTimeout)
            );
        }
        else if (request.Operation is not (SessionStoreOperation.Clear or SessionStoreOperation.Prune or SessionStoreOperation.Length))
        {
            // Those three are as long as the table: once begun they end when they end.
            request.GiveUp(_failures.Stalled(request.Operation, _operationTimeout));
        }
    }

    /// <summary>On the writer's thread.</summary>
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
                (_checkpointer ??= new LogCheckpointer(OpenBeside, _notCarriedOver)).Reopen();
            }

            _opened(_location.Description, openToOthers);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Before a file is made that could not be used: the driver refuses a password whose SQLite cannot encrypt.</summary>
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
            throw _failures.Layout(
                "there is a Password, and this SQLite cannot encrypt. Remove it, or bring a SQLite that can (the package "
                    + "SQLitePCLRaw.bundle_e_sqlite3mc)."
            );
        }
    }

    /// <summary>On the checkpointer's thread.</summary>
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

    /// <summary>On the writer's thread.</summary>
    private void Committed(StoreConnection connection) => _checkpointer?.Count(connection.TakePagesWritten());
}
