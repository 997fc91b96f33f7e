namespace ServerSessions;

/// <summary>The ranges of the size limits of one session.</summary>
internal static class LimitRules
{
    // A usual session has a few hundred bytes.
    private const int FewestBytes = 1024;

    public static IEnumerable<string> Check(ServerSessionOptions options)
    {
        if (options.MaxSessionBytes < FewestBytes)
        {
            yield return $"ServerSessionOptions.MaxSessionBytes must be {FewestBytes} or more; int.MaxValue is no limit.";
        }

        if (options.MaxKeys < 1)
        {
            yield return "ServerSessionOptions.MaxKeys must be 1 or more; int.MaxValue is no limit.";
        }

        if (options.MaxKeyLength < 1)
        {
            yield return "ServerSessionOptions.MaxKeyLength must be 1 or more; int.MaxValue is no limit.";
        }
    }
}
