using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Calls a handler beside the requests, one event after the other. Requests do not wait: if the queue is full, the new event is dropped and
/// counted. When the host stops, what is queued is handled first, within the host's timeout.
/// </summary>
internal sealed class QueuedEvents : IServerSessionEvents, IHostedService, IDisposable
{
    private readonly Channel<Func<IServerSessionEvents, ValueTask>> _queue;
    private readonly IServerSessionEvents _handler;
    private readonly ServerSessionMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RateLimitedWarning _drops;
    private readonly RateLimitedWarning _failures;
    private readonly Lazy<Task> _work;

    public QueuedEvents(
        IServerSessionEvents handler,
        int capacity,
        ServerSessionMetrics metrics,
        TimeProvider timeProvider,
        ILogger<QueuedEvents> logger
    )
    {
        (_handler, _metrics, _logger) = (handler, metrics, logger);
        (_drops, _failures) = (new(timeProvider), new(timeProvider));
        _queue = Channel.CreateBounded<Func<IServerSessionEvents, ValueTask>>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );

        // On the pool: a handler that blocks must not block the request that has queued the first event.
        _work = new(() => Task.Run(WorkAsync));
    }

    public bool WantsChangedKeys => _handler.WantsChangedKeys;

    public ValueTask CreatedAsync(SessionCreated created) => Queue(handler => handler.CreatedAsync(created));

    public ValueTask SignedInAsync(SessionSignedIn signedIn) => Queue(handler => handler.SignedInAsync(signedIn));

    public ValueTask RenewedAsync(SessionRenewed renewed) => Queue(handler => handler.RenewedAsync(renewed));

    public ValueTask ChangedAsync(SessionChanged changed) => Queue(handler => handler.ChangedAsync(changed));

    public ValueTask EndedAsync(SessionEnded ended) => Queue(handler => handler.EndedAsync(ended));

    public ValueTask EndFailedAsync(SessionEndFailed failed) => Queue(handler => handler.EndFailedAsync(failed));

    public ValueTask ExpiredAsync(SessionExpired expired) => Queue(handler => handler.ExpiredAsync(expired));

    public ValueTask RejectedAsync(SessionRejected rejected) => Queue(handler => handler.RejectedAsync(rejected));

    public ValueTask StoreUnavailableAsync(SessionStoreUnavailable unavailable) =>
        Queue(handler => handler.StoreUnavailableAsync(unavailable));

    public ValueTask StoreRecoveredAsync(SessionStoreRecovered recovered) => Queue(handler => handler.StoreRecoveredAsync(recovered));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _work.IsValueCreated ? _work.Value.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Called for a host that was not stopped: takes no more events, and waits for nothing.</summary>
    public void Dispose() => _queue.Writer.TryComplete();

    private ValueTask Queue(Func<IServerSessionEvents, ValueTask> call)
    {
        _ = _work.Value;
        if (!_queue.Writer.TryWrite(call))
        {
            _metrics.EventDropped();
            if (_drops.IsDue())
            {
                Log.EventDropped(_logger, _handler.GetType().Name);
            }
        }

        return default;
    }

    private async Task WorkAsync()
    {
        await foreach (var call in _queue.Reader.ReadAllAsync())
        {
            try
            {
                await call(_handler);
            }
            catch (Exception error)
            {
                // A handler may throw any exception. The next event is handled.
                _metrics.EventFailed();
                if (_failures.IsDue())
                {
                    Log.EventHandlerFailed(_logger, _handler.GetType().Name, error);
                }
            }
        }
    }
}
