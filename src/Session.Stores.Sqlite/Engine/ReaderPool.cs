using System.Collections.Concurrent;

namespace Session.Stores.Sqlite.Engine;

/// <summary>
/// The connections that read. A read takes microseconds and never waits for a writer, so there are no more of them than processors.
/// </summary>
internal sealed class ReaderPool(string connectionString) : IAsyncDisposable
{
    private static readonly int Size = Math.Clamp(Environment.ProcessorCount, 2, 16);

    private readonly SemaphoreSlim _free = new(Size);
    private readonly ConcurrentStack<StoreConnection> _idle = new();
    private volatile bool _disposed;

    /// <summary>Waits for a free place. False where there was none in time.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        if (_disposed)
        {
            _free.Release();
            throw new ObjectDisposedException(nameof(SqliteSessionStore));
        }

        return true;
    }

    /// <summary>Reads on a connection of the pool and gives the place back. For whoever holds one.</summary>
    public TResult Read<TArgs, TResult>(TArgs args, Func<StoreConnection, TArgs, TResult> read)
    {
        StoreConnection? connection = null;
        try
        {
            connection = _idle.TryPop(out var idle) ? idle : Open();
            return read(connection, args);
        }
        catch (SqliteFault fault) when (fault.BreaksConnection)
        {
            connection?.Dispose();
            connection = null;
            throw;
        }
        finally
        {
            if (connection is not null)
            {
                _idle.Push(connection);
            }

            _free.Release();
        }
    }

    /// <summary>Waits for the reads under way and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        for (var i = 0; i < Size; i++)
        {
            await _free.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }

        // Whoever still waits for a place finds that there is none any more.
        _free.Release(Size);
    }

    private StoreConnection Open()
    {
        var connection = StoreConnection.Open(connectionString);
        try
        {
            connection.Execute("PRAGMA query_only = 1");
            return connection;
        }
        catch (SqliteFault)
        {
            connection.Dispose();
            throw;
        }
    }
}
