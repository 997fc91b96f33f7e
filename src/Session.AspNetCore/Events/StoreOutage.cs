namespace ServerSessions;

/// <summary>
/// Raises an event when the first of the stores of one name cannot be used, and one when all can be used again: a server that is away takes
/// the sessions and the lists of users with it. One event after the other.
/// </summary>
internal sealed class StoreOutage(SessionEvents events, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private int _lost;
    private long _since;
    private Task _raised = Task.CompletedTask;

    /// <summary>A store cannot be used any more, or can be used again.</summary>
    public void Changed(bool isLost)
    {
        lock (_gate)
        {
            _lost += isLost ? 1 : -1;
            if (isLost && _lost == 1)
            {
                _since = timeProvider.GetTimestamp();
                _raised = RaiseAsync(_raised, events.StoreUnavailableAsync);
            }
            else if (!isLost && _lost == 0)
            {
                var time = timeProvider.GetElapsedTime(_since);
                _raised = RaiseAsync(_raised, () => events.StoreRecoveredAsync(time));
            }
        }
    }

    private static async Task RaiseAsync(Task before, Func<ValueTask> raise)
    {
        // Outside of the lock: a handler may take its time.
        await Task.Yield();
        await before;
        await raise();
    }
}
