namespace ServerSessions.Conformance.Tool;

/// <summary>What the program ends with. 0 to 3 are <see cref="ConformanceReport.ExitCode"/>'s.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int HarnessUnusable = 3;
    public const int BadUsage = 4;

    // 128 + SIGINT, as shells have it.
    public const int Interrupted = 130;
}
