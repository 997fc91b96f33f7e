using Microsoft.Extensions.Logging;

namespace ServerSessions;

// About circuits.
internal static partial class Log
{
    [LoggerMessage(
        80,
        LogLevel.Error,
        "It could not be checked whether the user of a circuit is still signed in: the session could not be read. The user stays signed in "
            + "until the next check. The exception has the cause.",
        EventName = "RevalidationFailed"
    )]
    public static partial void RevalidationFailed(ILogger logger, Exception exception);
}
