using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// The one writer of a store: a thread of its own and the only connection that writes. What waits is written in one transaction and
/// acknowledged after its commit, so a hundred callers pay for one. Only this thread ever waits for SQLite.
/// </summary>
/// <param name="open">Opens the connection; on this thread, as is all that follows.</param>
/// <param name="failures">For the errors.</param>
/// <param name="waited">Told how long another's lock was waited for; throws nothing.</param>
/// <param name="committed">Told of a commit, after its callers were.</param>
internal sealed class SqliteWriter(
    Func<StoreConnection> open,
    SqliteFailures failures,
    Action<TimeSpan> waited,
    Action<StoreConnection> committed
) : IAsyncDisposable
{
    /// <summary>Writes in one transaction at most: how long other processes are kept out stays in the order of milliseconds.</summary>
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

    /// <summary>Whether the database is open, with its table in place.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether somebody else's lock is being waited for right now.</summary>
    public bool IsLockedOut => _isLockedOut;

    /// <summary>Whether somebody else's lock was waited for since this was last asked.</summary>
    public bool TakeWasLocked() => Interlocked.Exchange(ref _wasLockedOut, false);

    /// <summary>Has the database opened afresh before the next use, because something was wrong with it.</summary>
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

    /// <summary>Refuses new requests, lets those that wait come to their end, and closes the connection.</summary>
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
    /// Takes in what is queued, and waits for something where there is nothing. False once there is nothing and will be nothing.
    /// </summary>
    private bool Gather()
    {
        _pending.RemoveAll(static request => request.IsAbandoned);
        if (_pending.Count == 0)
        {
            // Nobody waits for the lock any more.
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
            // Whatever it is, it is the callers' to know, and the thread's to survive.
            LockEnded();
            Invalidate();
            FailPending(error);
        }
    }

    /// <summary>What needs no transaction does not wait for one: a call that only wants the database open, and reads in memory.</summary>
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

                // After some errors (disk full, I/O) SQLite has undone the whole transaction by itself.
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
            // It concerns this request only; those that share its transaction go on.
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
            SqliteFault fault => failures.From(fault, operation),
            _ => failures.From(error, operation),
        };

    private void LockGoesOn()
    {
        if (!_isLockedOut)
        {
            _isLockedOut = true;
            Volatile.Write(ref _wasLockedOut, true);
            _lockedSince = Stopwatch.GetTimestamp();
        }

        // A lock is somebody else's and ends in real time, so no TimeProvider; and this thread is the writer's own, nobody else waits with
        // it.
        var pause = _backoff.Next();
        if (_queue.TryTake(out var next, pause))
        {
            // Whoever comes asks at once: how long those before have waited says nothing of the lock now.
            _pending.Add(next);
            _backoff = default;
        }
        else if (_queue.IsAddingCompleted)
        {
            // Nothing can come any more, and the queue no longer waits for it.
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
