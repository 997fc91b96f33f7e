using System.Diagnostics;

namespace ServerSessions.Testing;

/// <summary>Waits that end with a name if what is waited for does not come: a test that waits for ever names nothing.</summary>
internal static class Bounded
{
    // Longer than anything takes on a machine that runs other tests, and shorter than the limit of a test program in which nothing happens.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for a task, for three minutes at most.</summary>
    /// <param name="task">The task.</param>
    /// <param name="what">What it waits for, as in: "was waited for in vain: …".</param>
    /// <exception cref="TimeoutException">It has not ended by then; the message says what it was.</exception>
    public static async Task WithinBoundAsync(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(AtMost);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw InVain(what);
        }
    }

    /// <inheritdoc cref="WithinBoundAsync(Task, string)"/>
    public static async Task<T> WithinBoundAsync<T>(this Task<T> task, string what)
    {
        await ((Task)task).WithinBoundAsync(what);
        return await task;
    }

    /// <summary>Asks until a condition holds, for three minutes at most: for what gives no signal, such as a lock in a server.</summary>
    /// <param name="condition">The condition; what it throws ends the wait.</param>
    /// <param name="what">What is waited for, as in: "was waited for in vain: …".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It does not hold by then; the message says what it was.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > AtMost)
            {
                throw InVain(what);
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string, CancellationToken)"/>
    public static Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken) =>
        UntilAsync(() => Task.FromResult(condition()), what, cancellationToken);

    private static TimeoutException InVain(string what) => new($"Within {AtMost} was waited for in vain: {what}.");
}
