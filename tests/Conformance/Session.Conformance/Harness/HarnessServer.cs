namespace ServerSessions.Conformance;

/// <summary>
/// A server that harnesses share: a container or a process that is started when it is first needed, once in this process. It is disposed
/// when this process ends. Keep it in a static field, so that every harness uses the same one.
/// </summary>
/// <remarks>All members are thread safe. A process that is killed disposes nothing.</remarks>
/// <param name="start">
/// Starts the server, and returns its address once it accepts connections, with the object that stops it.
/// </param>
public sealed class HarnessServer(Func<CancellationToken, Task<(ServerAddress Address, IAsyncDisposable Server)>> start) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (ServerAddress Address, IAsyncDisposable Server)? _started;
    private bool _disposed;

    /// <summary>
    /// Returns the address of the server, and starts it if it does not run. Calls at the same time share one start. If a start fails, its
    /// exception is thrown and the next call tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, and the start that this call makes.</param>
    /// <returns>The server's own address.</returns>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public async ValueTask<ServerAddress> StartAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started is null)
            {
                _started = await start(cancellationToken);
                AppDomain.CurrentDomain.ProcessExit += DisposeWithProcess;
            }

            return _started.Value.Address;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the server, if it was started, before this process ends. Idempotent.</summary>
    /// <returns>A task that completes once the server has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _disposed = true;
            if (_started is { } started)
            {
                _started = null;
                AppDomain.CurrentDomain.ProcessExit -= DisposeWithProcess;
                await started.Server.DisposeAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // The event has no asynchronous form, and the process ends as soon as its handlers return. A container gets 30 seconds to stop.
#pragma warning disable RS0030
    private void DisposeWithProcess(object? sender, EventArgs e) =>
        Task.Run(() => DisposeAsync().AsTask()).Wait(TimeSpan.FromSeconds(30));
#pragma warning restore RS0030
}
