namespace ServerSessions.Tools;

/// <summary>Something that the user can put right; the message says how.</summary>
internal sealed class ToolException(string message, int exitCode = ExitCodes.BadUsage, Exception? innerException = null)
    : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;
}
