namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Knows whether the server can be reached: lost when a connection cannot be made, found again when a call succeeds or when a connection of
/// its own can be made, which it tries until then, since consumers may have stopped calling.
/// </summary>
/// <param name="probe">Makes a connection and uses it, or fails. Has a deadline of its own.</param>
/// <param name="changed">Told <see langword="false"/> when the server was lost and <see langword="true"/> when it was found; one at a
/// time.</param>
internal sealed class ConnectionWatch(Func<CancellationToken, Task> probe, Action<bool> changed) : IAsyncDisposable
{
    // A local server that is down refuses at once; asking it four times a second costs nothing. After 8 s of that once in 2 s is enough.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task _probing = Task.CompletedTask;
    private volatile bool _isLost;

    public void Lost() => Change(isLost: true);

    public void Found()
    {
        // On the way of every call; nearly always there is nothing to do.
        if (_isLost)
        {
            Change(isLost: false);
        }
    }

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
        // Real time: the server comes back in real time, also where a test has stopped the clock.
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
                // Still away.
            }
        }
    }
}
