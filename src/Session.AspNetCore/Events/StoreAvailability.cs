namespace ServerSessions;

/// <summary>
/// Tracks whether a store can be used: by its own events, and by the results of calls, because many stores have no events.
/// </summary>
internal sealed class StoreAvailability(StoreOutage outage, TimeProvider timeProvider)
{
    // A store that fails some calls and completes others does not raise two events for each of them.
    private static readonly TimeSpan ShortestOutage = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private volatile bool _isLost;
    private long _since;

    /// <summary>The store has said that it is disconnected, or a call has found that it is unavailable.</summary>
    public void Lost()
    {
        if (!_isLost)
        {
            Change(isLost: true);
        }
    }

    /// <summary>The store has said that it is connected.</summary>
    public void Found()
    {
        if (_isLost)
        {
            Change(isLost: false);
        }
    }

    /// <summary>A call has succeeded.</summary>
    public void Succeeded()
    {
        // Called on every call, so the usual case must be cheap.
        if (_isLost && timeProvider.GetElapsedTime(Volatile.Read(ref _since)) >= ShortestOutage)
        {
            Change(isLost: false);
        }
    }

    private void Change(bool isLost)
    {
        lock (_gate)
        {
            if (_isLost == isLost)
            {
                return;
            }

            Volatile.Write(ref _since, timeProvider.GetTimestamp());
            _isLost = isLost;
            outage.Changed(isLost);
        }
    }
}
