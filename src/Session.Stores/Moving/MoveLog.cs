using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>The log events of a move, in the category of <see cref="MovingSessionStore"/>.</summary>
internal static partial class MoveLog
{
    [LoggerMessage(
        20,
        LogLevel.Warning,
        "A session was read from the {Name} session store ({Backend}) and could not be carried to the other one. It stays usable. "
            + "Logged at most once a minute.",
        EventName = "NotCarried"
    )]
    public static partial void NotCarried(ILogger logger, Exception failure, string name, string backend);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "Both session stores held {Count} sessions under the same ids; those of the new store count. An application uses one of the "
            + "stores without the other. Configure the move in every application and tool.",
        EventName = "HeldByBoth"
    )]
    public static partial void HeldByBoth(ILogger logger, long count);

    [LoggerMessage(
        22,
        LogLevel.Information,
        "Carried {Moved} sessions from the {Source} to the {Target} session store. The {Source} store holds none any more.",
        EventName = "Drained"
    )]
    public static partial void Drained(ILogger logger, long moved, string source, string target);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "{Failed} sessions could not be carried from the {Source} to the {Target} session store. The exception is of the last one.",
        EventName = "DrainLeft"
    )]
    public static partial void DrainLeft(ILogger logger, Exception? failure, long failed, string source, string target);

    [LoggerMessage(
        24,
        LogLevel.Warning,
        "Carrying the sessions that no request uses failed. It goes on in a minute.",
        EventName = "DrainFailed"
    )]
    public static partial void DrainFailed(ILogger logger, Exception failure);

    [LoggerMessage(25, LogLevel.Information, "The mode of the move between session stores is now {Mode}.", EventName = "ModeChanged")]
    public static partial void ModeChanged(ILogger logger, SessionMoveMode mode);

    [LoggerMessage(
        26,
        LogLevel.Error,
        "The reloaded mode of the move between session stores is not used, and the mode stays as it was. {Reason}",
        EventName = "ModeRefused"
    )]
    public static partial void ModeRefused(ILogger logger, string reason);
}
