namespace ServerSessions;

/// <summary>How often a write is tried that others are ahead of, and how long it waits between.</summary>
internal static class BackOff
{
    /// <summary>The most attempts. 256 writers in three processes need one or two on average. More have another cause.</summary>
    public const int MaxAttempts = 64;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(2);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(256);
    private static readonly TimeSpan LongestDelayBeyond = TimeSpan.FromSeconds(1);
    private const int UsualAttempts = 24;

    /// <summary>
    /// Returns a random pause before the next attempt, longer with each. None after the first one: it expected the record that was read
    /// when the request began.
    /// </summary>
    /// <param name="attempt">The attempt that has failed, from 1.</param>
    public static TimeSpan PauseAfter(int attempt)
    {
        if (attempt == 1)
        {
            return TimeSpan.Zero;
        }

        var longest = attempt > UsualAttempts ? LongestDelayBeyond : LongestDelay;
        var ceiling = Math.Min(longest.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 2));

        // A timer has whole milliseconds: less would be no delay.
        return TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * (ceiling - 1)));
    }
}
