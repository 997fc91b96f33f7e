namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>
/// Holds a call in the middle of what it does until another has come between, so that a mutant which is wrong in a race is wrong in every
/// run, and not where the machine happens to switch threads. Nobody waits for ever: a call that nobody joins goes on after a while.
/// </summary>
internal sealed class Meeting
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private int _waiters;

    /// <summary>Lets those who wait go on.</summary>
    /// <returns>Whether anybody has waited.</returns>
    public bool Come()
    {
        lock (_lock)
        {
            var waiting = _waiting;
            _waiting = null;
            _waiters = 0;
            return waiting?.TrySetResult() ?? false;
        }
    }

    /// <summary>Waits for the next who comes.</summary>
    /// <returns>Whether anybody came.</returns>
    public async Task<bool> WaitAsync(int milliseconds = 100)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            waiting = _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters++;
        }

        await new Patience(TimeSpan.FromMilliseconds(milliseconds)).WaitForAsync(waiting.Task);
        var came = true;
        lock (_lock)
        {
            if (waiting == _waiting)
            {
                // The last to give up leaves nobody behind whom the next could meet.
                came = false;
                _waiting = --_waiters == 0 ? null : _waiting;
            }
        }

        // After the one who has come.
        await Task.Delay(1);
        return came;
    }

    /// <summary>Waits for another who does the same; the second of the two goes on first.</summary>
    /// <returns>Whether there was another.</returns>
    public Task<bool> MeetAsync(int milliseconds = 100) => Come() ? Task.FromResult(true) : WaitAsync(milliseconds);
}
