namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Observes tasks of the driver that no caller awaits any more.</summary>
internal static class Abandoned
{
    /// <summary>Prevents an unobserved exception. The result is ignored.</summary>
    public static void Observe(Task? task) =>
        task?.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
}
