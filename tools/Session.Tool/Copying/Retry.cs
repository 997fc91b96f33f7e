namespace ServerSessions.Tool.Copying;

/// <summary>Repeats a call of a store that may succeed later, with growing pauses.</summary>
internal sealed class Retry(int times, CopyCounts counts, TimeProvider timeProvider)
{
    // Then twice as long each time: with five retries 8 s in total, in which a server restarts or fails over.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    public async Task<T> RunAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        for (var (retry, pause) = (0, FirstPause); ; retry++, pause *= 2)
        {
            try
            {
                return await call();
            }
            catch (SessionStoreException error) when (error.IsTransient && retry < times)
            {
                counts.AddRetry();
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
        }
    }
}
