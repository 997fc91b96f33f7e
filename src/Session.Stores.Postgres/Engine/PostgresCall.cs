using System.Diagnostics;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>One call of the store, from when it was made. Goes on by itself when its caller has left.</summary>
// CA1001: its source of cancellation has neither a timer nor a wait handle, and nobody knows who leaves last.
#pragma warning disable CA1001
internal sealed class PostgresCall
{
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isAbandoned;
    private volatile bool _isExecuting;

    /// <summary>Set once nobody waits for the call any more.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether the caller has stopped waiting for the call.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Whether a statement has been handed to the server, so that it may take effect.</summary>
    public bool IsExecuting => _isExecuting;

    /// <summary>Whether this is the second attempt, after a connection that had died: the first may have taken effect.</summary>
    public bool IsRetry { get; private set; }

    /// <summary>When the current attempt got its connection, as <see cref="Stopwatch.GetTimestamp"/> tells it.</summary>
    public long Began { get; private set; }

    /// <summary>A connection was had. From here on the call is stopped only through the server.</summary>
    /// <exception cref="OperationCanceledException">The caller has left: what it wanted is not done.</exception>
    public void Execute()
    {
        Began = Stopwatch.GetTimestamp();
        _isExecuting = true;
        if (_isAbandoned)
        {
            throw new OperationCanceledException();
        }
    }

    public void Retry()
    {
        (_isExecuting, IsRetry) = (false, true);
    }

    /// <summary>The caller has left.</summary>
    /// <returns>Whether the call still holds a statement that the server would have to be asked to cancel.</returns>
    public bool Abandon()
    {
        _isAbandoned = true;
        return _isExecuting;
    }

    public Task StopAsync() => _stop.CancelAsync();
}
