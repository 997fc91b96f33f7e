namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Stops the calls whose callers have left. The driver asks the server to cancel a statement over a new connection and blocks the thread
/// that asks until the server has answered. A server that is frozen never does; so they are asked for one after the other, and one thread
/// at most waits.
/// </summary>
internal sealed class AbandonedCalls
{
    private readonly Queue<(PostgresCall Call, Task Running)> _waiting = [];
    private readonly Lock _gate = new();
    private bool _isDraining;

    public void Add(PostgresCall call, Task running)
    {
        // Nobody else looks at how it ends.
        _ = running.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        if (!call.Abandon())
        {
            // It waits for the pool or for a new connection, which gives way at once.
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
            PostgresCall call;
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
