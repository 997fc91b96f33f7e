using System.Collections.Concurrent;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// A connection that reads. A read that finds it free runs at once, on its caller's thread. Those that come meanwhile run after it on a
/// thread of the pool, all that wait in one read transaction, so that they share its cost.
/// </summary>
/// <remarks>
/// One connection for a crowd, and not one for each processor: to begin and to end a read transaction locks the file, which SQLite does
/// under a mutex that all connections to the file share. Two that read on two processors spent a third of their time there, most of it
/// waiting for each other.
/// </remarks>
internal sealed class SqliteReader(string connectionString) : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>Reads in one transaction at most: a thread of the pool is given back after a fraction of a millisecond.</summary>
    private const int BatchSize = 64;

    private readonly ConcurrentQueue<SqliteRequest> _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // These two belong to whoever has taken the connection.
    private readonly List<SqliteRequest> _batch = new(BatchSize);
    private StoreConnection? _connection;

    private int _isTaken;
    private volatile bool _isClosing;
    private volatile bool _isClosed;

    /// <summary>Reads at once, where nobody else does.</summary>
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

    /// <summary>Has a request served as soon as the connection is free. It keeps errors as they come.</summary>
    public void Enqueue(SqliteRequest request)
    {
        _queue.Enqueue(request);
        if (TryTake())
        {
            Schedule();
        }
    }

    /// <summary>Serves what waits, on a thread of the pool; for the thread pool only.</summary>
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
    /// Lets the reads that wait come to their end and closes the connection. After that reads fail with
    /// <see cref="ObjectDisposedException"/>.
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

    /// <summary>Frees the connection, or has those served who wait for it.</summary>
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

            // Whoever comes now either sees that it is free, or is seen here.
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
            // It concerns this request only, and the thread, which is not ours, must survive it.
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
            // What was read is read.
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
