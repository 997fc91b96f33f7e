using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// The single writer of a store: one thread with the only connection that writes. It writes all queued requests in one transaction and
/// acknowledges them after the commit, so that they share its cost. Only this thread waits for SQLite.
/// </summary>
/// <param name="open">Opens the connection. Called on this thread, as the other delegates.</param>
/// <param name="errors">Maps errors to exceptions.</param>
/// <param name="waited">Called with the time spent waiting for another connection's lock; must not throw.</param>
/// <param name="committed">Called after a commit, after its callers were notified.</param>
internal sealed class SqliteWriter(
    Func<StoreConnection> open,
    SqliteErrors errors,
    Action<TimeSpan> waited,
    Action<StoreConnection> committed
) : IAsyncDisposable
{
    /// <summary>The most writes in one transaction, so that other processes are locked out for milliseconds only.</summary>
    private const int BatchSize = 256;

    private readonly BlockingCollection<SqliteRequest> _queue = [];
    private readonly List<SqliteRequest> _pending = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _starting = new();
    private Thread? _thread;
    private StoreConnection? _connection;
    private Backoff _backoff;
    private long _lockedSince;
    private volatile bool _isOpen;
    private volatile bool _isLockedOut;
    private bool _wasLockedOut;

    /// <summary>Whether the database is open and its table is checked.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether the writer is waiting for another connection's lock.</summary>
    public bool IsLockedOut => _isLockedOut;

    /// <summary>Returns and resets whether the writer has waited for another connection's lock.</summary>
    public bool TakeWasLocked() => Interlocked.Exchange(ref _wasLockedOut, false);

    /// <summary>Requests that the database is reopened before the next use, after an error.</summary>
    public void Invalidate() => _isOpen = false;

    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Enqueue(SqliteRequest request)
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, typeof(SqliteSessionStore));
            _queue.Add(request);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Session.Stores.Sqlite writer" };
                _thread.Start();
            }
        }
    }

    /// <summary>Refuses new requests, completes the queued ones, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_starting)
        {
            _queue.CompleteAdding();
            if (_thread is null)
            {
                _ended.TrySetResult();
            }
        }

        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            while (Gather())
            {
                Serve();
            }
        }
        finally
        {
            Close();
            _ended.SetResult();
        }
    }

    /// <summary>
    /// Collects queued requests, and waits for one if there is none. Returns false if the queue is empty and closed.
    /// </summary>
    private bool Gather()
    {
        _pending.RemoveAll(static request => request.IsAbandoned);
        if (_pending.Count == 0)
        {
            // No request waits for the lock.
            LockEnded();
            if (!_queue.TryTake(out var first, Timeout.Infinite))
            {
                return false;
            }

            _pending.Add(first);
        }

        while (_queue.TryTake(out var next))
        {
            _pending.Add(next);
        }

        return true;
    }

    private void Serve()
    {
        try
        {
            if (!_isOpen)
            {
                Close();
                _connection = open();
                _isOpen = true;
            }

            ServeReads(_connection!);
            if (_pending.Count > 0)
            {
                _connection!.Begin();
                LockEnded();
                ServeWrites(_connection);
            }
        }
        catch (SqliteFault fault) when (fault.IsBusy)
        {
            LockGoesOn();
        }
        catch (Exception error)
        {
            // Any exception is passed to the callers and must not end the thread.
            LockEnded();
            Invalidate();
            FailPending(error);
        }
    }

    /// <summary>Serves requests without a transaction: calls that only open the database, and reads of a database in memory.</summary>
    private void ServeReads(StoreConnection connection)
    {
        foreach (var request in _pending)
        {
            if (!request.Writes && request.TryStart())
            {
                Execute(request, connection);
                request.Complete();
            }
        }

        _pending.RemoveAll(static request => !request.Writes || request.IsAbandoned);
    }

    private void ServeWrites(StoreConnection connection)
    {
        var batch = new List<SqliteRequest>(Math.Min(_pending.Count, BatchSize));
        var taken = 0;
        Exception? lost = null;
        while (lost is null && taken < _pending.Count && batch.Count < BatchSize)
        {
            var request = _pending[taken++];
            if (request.TryStart())
            {
                batch.Add(request);
                var error = Execute(request, connection);

                // After some errors (disk full, I/O) SQLite has already rolled back the transaction.
                lost = connection.InTransaction ? null : error;
            }
        }

        _pending.RemoveRange(0, taken);
        lost ??= Commit(connection);
        foreach (var request in batch)
        {
            if (lost is not null)
            {
                request.Keep(Translate(lost, request.Operation));
            }

            request.Complete();
        }

        if (lost is null)
        {
            committed(connection);
        }
    }

    private Exception? Execute(SqliteRequest request, StoreConnection connection)
    {
        try
        {
            request.Run(connection);
            return null;
        }
        catch (Exception error)
        {
            // The error concerns this request only; the other requests of the transaction continue.
            request.Keep(Translate(error, request.Operation));
            if (error is SqliteFault { BreaksConnection: true })
            {
                Invalidate();
            }

            return error;
        }
    }

    private SqliteFault? Commit(StoreConnection connection)
    {
        try
        {
            connection.Commit();
            return null;
        }
        catch (SqliteFault fault)
        {
            connection.Rollback();
            if (fault.BreaksConnection)
            {
                Invalidate();
            }

            return fault;
        }
    }

    private void FailPending(Exception error)
    {
        foreach (var request in _pending)
        {
            if (request.TryStart())
            {
                request.Keep(Translate(error, request.Operation));
                request.Complete();
            }
        }

        _pending.Clear();
    }

    private SessionStoreException Translate(Exception error, SessionStoreOperation operation) =>
        error switch
        {
            SessionStoreException known => known,
            SqliteFault fault => errors.From(fault, operation),
            _ => errors.From(error, operation),
        };

    private void LockGoesOn()
    {
        if (!_isLockedOut)
        {
            _isLockedOut = true;
            Volatile.Write(ref _wasLockedOut, true);
            _lockedSince = Stopwatch.GetTimestamp();
        }

        // Real time and not TimeProvider, because another process's lock ends in real time. Blocking is safe: the thread is the writer's.
        var pause = _backoff.Next();
        if (_queue.TryTake(out var next, pause))
        {
            // A new request tries at once: the backoff of earlier requests does not describe the lock's present state.
            _pending.Add(next);
            _backoff = default;
        }
        else if (_queue.IsAddingCompleted)
        {
            // The queue is closed, so it no longer blocks.
#pragma warning disable RS0030
            Thread.Sleep(pause);
#pragma warning restore RS0030
        }
    }

    private void LockEnded()
    {
        if (_isLockedOut)
        {
            _isLockedOut = false;
            _backoff = default;
            waited(Stopwatch.GetElapsedTime(_lockedSince));
        }
    }

    private void Close()
    {
        _isOpen = false;
        _connection?.Dispose();
        _connection = null;
    }
}
