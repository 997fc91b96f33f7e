using System.Diagnostics;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// Has the driver ask its servers which of them is the primary. By itself it does so once a minute, whatever a server answers meanwhile; a
/// failover would be noticed that late.
/// </summary>
internal sealed class PrimarySearch
{
    // A server that answers is asked in a millisecond; one that is away makes the search as long as connecting may take.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _ended = Stopwatch.GetTimestamp() - Stopwatch.Frequency;

    /// <summary>Searches where there are several servers, unless that is being done or has just been done; never fails.</summary>
    /// <returns>A task that completes when the search that is under way has ended.</returns>
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
        // How it went shows in the next command.
        await ((Task)multiplexer.ConfigureAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _ended = Stopwatch.GetTimestamp();
        }
    }
}
