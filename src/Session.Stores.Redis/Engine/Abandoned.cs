namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Tasks of the driver that nobody waits for any more.</summary>
internal static class Abandoned
{
    /// <summary>How it ends is of no interest; that it failed is no unobserved exception.</summary>
    public static void Observe(Task? task) =>
        task?.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
}
