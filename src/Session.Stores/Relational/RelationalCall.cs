using System.Diagnostics;

namespace ServerSessions.Stores.Relational;

/// <summary>The state of one call of the store. The call may continue after its caller has left.</summary>
// CA1001: the source of cancellation has neither a timer nor a wait handle, and it is unknown which user is the last.
#pragma warning disable CA1001
internal sealed class RelationalCall
{
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isAbandoned;
    private volatile bool _isExecuting;

    /// <summary>Cancelled once no caller waits for the call.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether the caller has stopped waiting for the call.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Whether a statement may have been sent to the server, so that it may take effect.</summary>
    public bool IsExecuting => _isExecuting;

    /// <summary>What the second attempt does if the server may have executed the first.</summary>
    public SecondAttempt Second { get; init; }

    /// <summary>Whether this is the second attempt, after a broken connection.</summary>
    public bool IsRetry { get; private set; }

    /// <summary>Whether this is the second attempt, and the server may have executed the first.</summary>
    public bool MayHaveRun { get; private set; }

    /// <summary>The time at which the current attempt got its connection, from <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Began { get; private set; }

    /// <summary>Marks that a connection was obtained. From now on only the server can cancel the call.</summary>
    /// <exception cref="OperationCanceledException">The caller has left, so the call is not executed.</exception>
    public void Execute()
    {
        Began = Stopwatch.GetTimestamp();
        _isExecuting = true;

        // Either this sees that the caller has left, or Abandon sees that a statement may be sent.
        Interlocked.MemoryBarrier();
        if (_isAbandoned)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>Marks the end of the first attempt.</summary>
    /// <param name="mayHaveRun">Whether the server may have executed it.</param>
    public void Retry(bool mayHaveRun) => (_isExecuting, IsRetry, MayHaveRun) = (false, true, mayHaveRun);

    /// <summary>Marks that the caller has left.</summary>
    /// <returns>Whether the server must be asked to cancel a statement.</returns>
    public bool Abandon()
    {
        _isAbandoned = true;
        Interlocked.MemoryBarrier();
        return _isExecuting;
    }

    /// <summary>
    /// Asks the server to cancel the call. A driver may fail at it, over a connection that has just broken for instance; the call then ends
    /// by itself, and the next one is to be cancelled all the same.
    /// </summary>
    public async Task StopAsync() => await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
