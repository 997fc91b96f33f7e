namespace ServerSessions.Conformance;

/// <summary>
/// How long a case waits for what a store does in its own time. It is spent in short steps of the thread pool's timers: where those are
/// late, the store's are too, so a starved machine lengthens the wait instead of blaming the store.
/// </summary>
internal sealed class Patience(TimeSpan limit)
{
    private readonly TimeSpan _step = limit / 4 < Longest ? limit / 4 : Longest;
    private TimeSpan _spent;

    private static TimeSpan Longest => TimeSpan.FromMilliseconds(20);

    public bool IsOver => _spent >= limit;

    public async Task SpendAsync(TimeSpan step)
    {
        await Task.Delay(step);
        _spent += step;
    }

    /// <summary>Waits until a task has ended, by success or failure, or the patience is over.</summary>
    public async Task WaitForAsync(Task task)
    {
        while (!task.IsCompleted && !IsOver)
        {
            await Task.WhenAny(task, Task.Delay(_step));
            _spent += _step;
        }
    }
}
