namespace ServerSessions.Stores.Relational;

/// <summary>
/// Cancels the calls whose callers have left. To cancel a statement the driver opens a connection and blocks a thread until the server
/// replies, which a frozen server never does. So calls are cancelled one after the other, and at most one thread is blocked.
/// </summary>
internal sealed class AbandonedCalls
{
    private readonly Queue<(RelationalCall Call, Task Running)> _waiting = [];
    private readonly Lock _gate = new();
    private bool _isDraining;

    public void Add(RelationalCall call, Task running)
    {
        CallDeadline.Abandon(running);
        if (!call.Abandon())
        {
            // It waits for the pool or a new connection, which is cancelled at once.
            _ = call.StopAsync();
            return;
        }

        lock (_gate)
        {
            _waiting.Enqueue((call, running));
            if (_isDraining)
            {
                return;
            }

            _isDraining = true;
        }

        _ = Task.Run(DrainAsync);
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            RelationalCall call;
            Task running;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out var next))
                {
                    _isDraining = false;
                    return;
                }

                (call, running) = next;
            }

            if (!running.IsCompleted)
            {
                await call.StopAsync().ConfigureAwait(false);
            }
        }
    }
}
