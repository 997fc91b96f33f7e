namespace Session.Stores.Sqlite.Engine;

/// <summary>
/// Runs something again and again, each time after the interval varied by half, so that instances which started together do not work at
/// the same moment. What it runs reports its own errors.
/// </summary>
internal sealed class SqlitePruner(TimeProvider timeProvider, TimeSpan interval, Func<CancellationToken, Task> prune) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _running = Task.CompletedTask;

    /// <summary>Idempotent; after disposal nothing starts.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_timer is null && !_stopping.IsCancellationRequested && interval != Timeout.InfiniteTimeSpan)
            {
                _timer = timeProvider.CreateTimer(static state => ((SqlitePruner)state!).Fire(), this, Fuzzed(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _stopping.Cancel();
            _timer?.Dispose();
            running = _running;
        }

        await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _running = RunAsync();
            }
        }
    }

    private async Task RunAsync()
    {
        await prune(_stopping.Token).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _timer!.Change(Fuzzed(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private TimeSpan Fuzzed() => interval * (0.5 + Random.Shared.NextDouble());
}
