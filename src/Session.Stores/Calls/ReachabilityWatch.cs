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
    private Task? _disposal;
    private bool _isProbing;
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
        Task disposal;
        lock (_gate)
        {
            disposal = _disposal ??= StopAsync();
        }

        await disposal.ConfigureAwait(false);
    }

    private async Task StopAsync()
    {
        // On other threads, because what the probe has registered may block.
        var cancelling = _stopping.CancelAsync();
        await _probing.ConfigureAwait(false);
        await cancelling.ConfigureAwait(false);
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
            if (isLost && !_isProbing)
            {
                _isProbing = true;
                _probing = ProbeAsync(_stopping.Token);
            }

            // Last, because a logger may fail, and the backend must be probed all the same.
            changed(!isLost);
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        // Real time, because the backend returns in real time, also if a test has stopped the clock.
        for (var pause = FirstPause; GoesOn(); pause = pause * 1.25 < LongestPause ? pause * 1.25 : LongestPause)
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
            catch
            {
                // A driver may throw any exception.
                // The backend is still not reachable. Probes that ended here would leave it lost until the application makes a call.
            }
        }
    }

    /// <summary>
    /// Whether to probe again. Decided in the lock, so that a loss that is reported now starts the probes if this ends them.
    /// </summary>
    private bool GoesOn()
    {
        lock (_gate)
        {
            return _isProbing = _isLost;
        }
    }
}
