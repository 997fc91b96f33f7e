namespace ServerSessions.Conformance;

/// <summary>Starts calls at the same moment.</summary>
internal static class Race
{
    private static readonly AsyncLocal<int?> Number = new();

    /// <summary>The number of the caller in a race; <see langword="null"/> outside of one.</summary>
    public static int? Caller => Number.Value;

    public static async Task TogetherAsync(IReadOnlyList<Func<Task>> calls)
    {
        var ready = 0;
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = calls.Select(
            (call, number) =>
                Task.Run(async () =>
                {
                    Number.Value = number + 1;
                    if (Interlocked.Increment(ref ready) == calls.Count)
                    {
                        start.SetResult();
                    }

                    await start.Task;
                    await call();
                })
        );
        await Task.WhenAll(tasks);
    }

    /// <summary>Lets others go first, more of them the higher the count: races are lost at different places.</summary>
    public static async Task YieldAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
        }
    }

    public static Task TogetherAsync(int count, Func<int, Task> call) =>
        TogetherAsync([.. Enumerable.Range(0, count).Select(i => (Func<Task>)(() => call(i)))]);
}
