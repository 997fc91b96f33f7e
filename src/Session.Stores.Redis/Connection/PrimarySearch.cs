using System.Diagnostics;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Makes the driver ask its servers which of them is the primary. By itself it asks once a minute, so a failover would be noticed that
/// late.
/// </summary>
internal sealed class PrimarySearch
{
    // A search takes a millisecond if the servers reply, and the connect timeout if one is unreachable.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _ended = Stopwatch.GetTimestamp() - Stopwatch.Frequency;

    /// <summary>Starts a search if there are several servers and none is running or has just ended. Never fails.</summary>
    /// <returns>A task that completes when the current search has ended.</returns>
    public Task RunAsync(IConnectionMultiplexer multiplexer)
    {
        lock (_gate)
        {
            if (_running.IsCompleted && multiplexer.GetEndPoints().Length > 1 && Stopwatch.GetElapsedTime(_ended) >= Pause)
            {
                _running = Task.Run(() => SearchAsync(multiplexer));
            }

            return _running;
        }
    }

    private async Task SearchAsync(IConnectionMultiplexer multiplexer)
    {
        // The next command shows whether it succeeded.
        await ((Task)multiplexer.ConfigureAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _ended = Stopwatch.GetTimestamp();
        }
    }
}
