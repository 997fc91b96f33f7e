namespace Session.Conformance.Tests.Mutants;

/// <summary>
/// Holds a call in the middle of what it does until another has come between, so that a mutant which is wrong in a race is wrong in every run, and not where the machine
/// happens to switch threads. Nobody waits for ever: a call that nobody joins goes on after a while.
/// </summary>
internal sealed class Meeting
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;

    /// <summary>Lets those who wait go on.</summary>
    /// <returns>Whether anybody has waited.</returns>
    public bool Come()
    {
        lock (_lock)
        {
            var waiting = _waiting;
            _waiting = null;
            return waiting?.TrySetResult() ?? false;
        }
    }

    /// <summary>Waits for the next who comes.</summary>
    /// <returns>Whether anybody came.</returns>
    public async Task<bool> WaitAsync(int milliseconds = 100)
    {
        Task coming;
        lock (_lock)
        {
            coming = (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        var came = await Task.WhenAny(coming, Task.Delay(milliseconds)) == coming;

        // After the one who has come.
        await Task.Delay(1);
        return came;
    }

    /// <summary>Waits for another who does the same; the second of the two goes on first.</summary>
    /// <returns>Whether there was another.</returns>
    public Task<bool> MeetAsync(int milliseconds = 100) => Come() ? Task.FromResult(true) : WaitAsync(milliseconds);
}
