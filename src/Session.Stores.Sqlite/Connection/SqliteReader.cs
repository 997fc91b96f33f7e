using System.Collections.Concurrent;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// A connection for reads. If it is free, a read runs at once on the caller's thread. Other reads are queued and run on a pool thread in
/// one read transaction, so that they share its cost.
/// </summary>
/// <remarks>
/// One connection serves all queued reads, and not one per processor. Beginning and ending a read transaction locks the file under a mutex
/// that all connections to the file share. Two readers on two processors spent a third of their time there.
/// </remarks>
internal sealed class SqliteReader(string connectionString) : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>The most reads in one transaction, so that a pool thread is returned within a fraction of a millisecond.</summary>
    private const int BatchSize = 64;

    private readonly ConcurrentQueue<SqliteRequest> _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Only the thread that has taken the connection uses these two.
    private readonly List<SqliteRequest> _batch = new(BatchSize);
    private StoreConnection? _connection;

    private int _isTaken;
    private volatile bool _isClosing;
    private volatile bool _isClosed;

    /// <summary>Runs a read at once if the connection is free.</summary>
    /// <exception cref="SqliteFault">The read failed.</exception>
    public bool TryRead<TArgs, TResult>(TArgs args, Func<StoreConnection, TArgs, TResult> read, out TResult result)
    {
        if (!TryTake())
        {
            result = default!;
            return false;
        }

        try
        {
            result = read(Connection(), args);
            return true;
        }
        catch (SqliteFault fault) when (fault.BreaksConnection)
        {
            Close();
            throw;
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Queues a request until the connection is free. The request keeps its error.</summary>
    public void Enqueue(SqliteRequest request)
    {
        _queue.Enqueue(request);
        if (TryTake())
        {
            Schedule();
        }
    }

    /// <summary>Serves the queued requests. Called by the thread pool only.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (_batch.Count < BatchSize && _queue.TryDequeue(out var request))
        {
            if (request.TryStart())
            {
                _batch.Add(request);
            }
        }

        foreach (var request in _batch)
        {
            Run(request);
        }

        EndTransaction();
        foreach (var request in _batch)
        {
            request.Complete();
        }

        _batch.Clear();
        Release();
    }

    /// <summary>
    /// Completes the queued reads and closes the connection. Later reads fail with <see cref="ObjectDisposedException"/>.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _isClosing = true;
        if (TryTake())
        {
            Release();
        }

        return new(_ended.Task);
    }

    private bool TryTake() => Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0;

    /// <summary>Frees the connection, or schedules the queued requests.</summary>
    private void Release()
    {
        do
        {
            if (!_queue.IsEmpty)
            {
                Schedule();
                return;
            }

            if (_isClosing)
            {
                Close();
                _isClosed = true;
                _ended.TrySetResult();
            }

            // A request queued now either finds the connection free or is found by the loop's condition.
            Interlocked.Exchange(ref _isTaken, 0);
        } while ((!_queue.IsEmpty || (_isClosing && !_isClosed)) && TryTake());
    }

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private void Run(SqliteRequest request)
    {
        try
        {
            var connection = Connection();
            if (_batch.Count > 1 && !connection.InTransaction)
            {
                connection.BeginRead();
            }

            request.Run(connection);
        }
        catch (Exception error)
        {
            // The error concerns this request only and must not end the pool thread.
            request.Keep(error);
            if (error is SqliteFault { BreaksConnection: true })
            {
                Close();
            }
        }
    }

    private void EndTransaction()
    {
        try
        {
            if (_connection is { InTransaction: true } connection)
            {
                connection.Commit();
            }
        }
        catch (SqliteFault)
        {
            // The results of the reads stay valid.
            Close();
        }
    }

    private StoreConnection Connection()
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteSessionStore));
        return _connection ??= StoreConnection.OpenToRead(connectionString);
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
