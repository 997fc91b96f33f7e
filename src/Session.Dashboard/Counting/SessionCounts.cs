namespace ServerSessions;

/// <summary>
/// Counts the sessions, and keeps the counts in memory. One count runs at a time, and a page takes one that is younger than 30 seconds: a
/// count of many sessions costs the store seconds. Thread safe.
/// </summary>
internal sealed class SessionCounts(IServerSessionOperator sessions, SessionDashboardOptions options, TimeProvider timeProvider)
{
    private const int FreshSeconds = 30;
    private const int LongestWaitSeconds = 3;

    private readonly Lock _turn = new();
    private readonly Queue<CountSample> _samples = new();
    private Task<CountSample>? _running;

    public bool CanCount => sessions.CanCount;

    /// <summary>The counts that are kept, the oldest first.</summary>
    public IReadOnlyList<CountSample> Samples
    {
        get
        {
            lock (_turn)
            {
                return [.. _samples];
            }
        }
    }

    /// <summary>
    /// Returns a count that is fresh. Waits for at most three seconds; then the last one, or <see langword="null"/> if there is none yet.
    /// </summary>
    public async ValueTask<CountSample?> LatestAsync(CancellationToken cancellationToken)
    {
        var samples = Samples;
        if (samples is [.., { Number: not null } last] && timeProvider.GetUtcNow() - last.At < TimeSpan.FromSeconds(FreshSeconds))
        {
            return last;
        }

        try
        {
            return await CountAsync().WaitAsync(TimeSpan.FromSeconds(LongestWaitSeconds), timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            return samples is [.., var late] ? late : null;
        }
    }

    /// <summary>Counts, or waits for the count that is running. A failure of the store is a sample without a number.</summary>
    public Task<CountSample> CountAsync()
    {
        lock (_turn)
        {
            return _running is { IsCompleted: false } running ? running : _running = CountOnceAsync();
        }
    }

    private async Task<CountSample> CountOnceAsync()
    {
        var (at, begun) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        long? number = null;
        try
        {
            number = await Task.Run(async () => await sessions.CountAsync());
        }
        catch (Exception)
        {
            // A third party's store may throw any exception. The page says that the store failed; the store has logged why.
        }

        var sample = new CountSample(at, number, timeProvider.GetElapsedTime(begun));
        lock (_turn)
        {
            _samples.Enqueue(sample);
            while (_samples.Count > options.MaxSamples)
            {
                _samples.Dequeue();
            }
        }

        return sample;
    }
}
