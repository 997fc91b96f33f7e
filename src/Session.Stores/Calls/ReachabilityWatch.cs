namespace ServerSessions.Stores;

/// <summary>
/// Tracks whether a backend can be reached: lost when a connection fails, found when a call or a probe succeeds. It probes while the
/// backend is lost, because the application may make no calls. Thread safe.
/// </summary>
/// <param name="probe">
/// Uses the backend once, and fails within a timeout with a <see cref="SessionStoreException"/>.
/// </param>
/// <param name="changed">
/// Called with <see langword="false"/> when the backend is lost and <see langword="true"/> when it is found, never concurrently:
/// <see cref="ConnectionEvents.Report"/>.
/// </param>
public sealed class ReachabilityWatch(Func<CancellationToken, Task> probe, Action<bool> changed) : IAsyncDisposable
{
    // A local server that is down refuses at once, so four probes a second cost nothing. After 8 s the pause has grown to 2 s.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task _probing = Task.CompletedTask;
    private volatile bool _isLost;

    /// <summary>Reports that a connection failed.</summary>
    public void Lost() => Change(isLost: true);

    /// <summary>Reports that a call succeeded.</summary>
    public void Found()
    {
        // Called on every call, so the usual case must be cheap.
        if (_isLost)
        {
            Change(isLost: false);
        }
    }

    /// <summary>Ends the probes. Idempotent.</summary>
    /// <returns>A task that completes once no probe is in progress.</returns>
    public async ValueTask DisposeAsync()
    {
        Task probing;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _stopping.Cancel();
            probing = _probing;
        }

        await probing.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Change(bool isLost)
    {
        lock (_gate)
        {
            if (_isLost == isLost || _stopping.IsCancellationRequested)
            {
                return;
            }

            _isLost = isLost;
            changed(!isLost);
            if (isLost && _probing.IsCompleted)
            {
                _probing = ProbeAsync(_stopping.Token);
            }
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        // Real time, because the backend returns in real time, also if a test has stopped the clock.
        for (var pause = FirstPause; _isLost; pause = pause * 1.25 < LongestPause ? pause * 1.25 : LongestPause)
        {
            try
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), stopping).ConfigureAwait(false);
                await probe(stopping).ConfigureAwait(false);
                Found();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is SessionStoreException or ObjectDisposedException)
            {
                // The backend is still not reachable.
            }
        }
    }
}
