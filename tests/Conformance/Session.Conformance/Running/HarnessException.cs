namespace ServerSessions.Conformance;

/// <summary>The harness failed, so nothing is known about the store.</summary>
internal sealed class HarnessException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    public static async ValueTask<T> GuardAsync<T>(string member, Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is not HarnessException)
        {
            throw new HarnessException($"The harness's {member} threw {error.GetType().Name}: {error.Message}", error);
        }
    }

    public static ValueTask<bool> GuardAsync(string member, Func<ValueTask> call) => GuardAsync(member, async () =>
        {
            await call();
            return true;
        });
}
