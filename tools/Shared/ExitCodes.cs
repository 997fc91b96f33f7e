namespace ServerSessions.Tools;

/// <summary>The exit codes of the project's tools.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The result is no: not found, a check failed, a copy differs.</summary>
    public const int No = 1;

    /// <summary>A part is done. Another run does the rest.</summary>
    public const int Partly = 2;

    /// <summary>What was named cannot be used: a harness, a provider, a store that is unreachable.</summary>
    public const int Unusable = 3;

    public const int BadUsage = 4;

    /// <summary>The user has not confirmed. Nothing was changed.</summary>
    public const int NotConfirmed = 5;

    // 128 + SIGINT, as shells have it.
    public const int Interrupted = 130;
}
