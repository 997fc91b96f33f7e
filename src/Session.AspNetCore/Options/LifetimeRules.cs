namespace ServerSessions;

/// <summary>The ranges of the durations and numbers among the options.</summary>
internal static class LifetimeRules
{
    public static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    public static IEnumerable<string> Check(ServerSessionOptions options)
    {
        if (
            options.OperationTimeout != Timeout.InfiniteTimeSpan
            && (options.OperationTimeout < ShortestTimeout || options.OperationTimeout > LongestTimeout)
        )
        {
            yield return "ServerSessionOptions.OperationTimeout must be 10 milliseconds to 10 minutes, or Timeout.InfiniteTimeSpan for "
                + "no limit.";
        }

        if (
            options.PruneInterval != Timeout.InfiniteTimeSpan
            && (options.PruneInterval < TimeSpan.FromSeconds(1) || options.PruneInterval > TimeSpan.FromDays(30))
        )
        {
            yield return "ServerSessionOptions.PruneInterval must be 1 second to 30 days, or Timeout.InfiniteTimeSpan for never.";
        }

        if (options.ConnectionCheckInterval < TimeSpan.FromSeconds(1) || options.ConnectionCheckInterval > TimeSpan.FromDays(1))
        {
            yield return "ServerSessionOptions.ConnectionCheckInterval must be 1 second to 1 day.";
        }

        if (options.PruneBatch is not (>= 1 and <= 1000))
        {
            yield return "ServerSessionOptions.PruneBatch must be 1 to 1000.";
        }

        if (options.TouchThrottle is not (>= 0 and < 1))
        {
            yield return "ServerSessionOptions.TouchThrottle must be a share of the lifetime: 0 up to, not including, 1.";
        }

        if (options.IdleTimeout is { } idle && !IsLife(idle))
        {
            yield return "ServerSessionOptions.IdleTimeout must be 1 second to 400 days, or null for the store's default lifetime.";
        }

        if (options.AbsoluteTimeout is { } absolute && !IsLife(absolute))
        {
            yield return "ServerSessionOptions.AbsoluteTimeout must be 1 second to 400 days, or null for no limit.";
        }

        if (options is { AbsoluteTimeout: not null, AllowReservedKeys: true })
        {
            yield return "ServerSessionOptions.AllowReservedKeys must be false if AbsoluteTimeout is set: the application could "
                + "move the session's end by setting the key __created.";
        }
    }

    private static bool IsLife(TimeSpan span) => span >= ShortestLife && span <= CookieRules.LongestLife;
}
