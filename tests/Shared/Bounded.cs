namespace ServerSessions.Testing;

/// <summary>Waits that end with a name if what is waited for does not come: a test that waits for ever names nothing.</summary>
internal static class Bounded
{
    // Longer than anything takes on a machine that runs other tests, and shorter than the limit of a test program in which nothing happens.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);

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
            throw new TimeoutException($"Within {AtMost} was waited for in vain: {what}.");
        }
    }

    /// <inheritdoc cref="WithinBoundAsync(Task, string)"/>
    public static async Task<T> WithinBoundAsync<T>(this Task<T> task, string what)
    {
        await ((Task)task).WithinBoundAsync(what);
        return await task;
    }
}
