using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>
/// The log events that all stores have, with the event ids 1 to 10 in the category of the store. A store numbers its own events from 20. No
/// event has a session id, a payload or a password: <c>place</c> names the backend without them.
/// </summary>
public static partial class StoreLog
{
    /// <summary>
    /// Logs at Information that the store is open. <see cref="SessionStore.LogKeptIn"/> also says what is kept if it is not sessions.
    /// </summary>
    /// <param name="logger">The logger.</param>
    /// <param name="place">Where sessions are kept: <c>the folder '/var/sessions'</c>.</param>
    public static void Opened(ILogger logger, string place) => Opened(logger, "Sessions", place);

    [LoggerMessage(1, LogLevel.Information, "{Kept} are kept in {Place}.", EventName = "Opened")]
    internal static partial void Opened(ILogger logger, string kept, string place);

    /// <summary>Logs at Debug how many records a run of the prune timer removed.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="removed">The number of records: sessions, or what is kept beside them.</param>
    [LoggerMessage(2, LogLevel.Debug, "Removed {Removed} expired records.", EventName = "Pruned")]
    public static partial void Pruned(ILogger logger, int removed);

    /// <summary>Logs at Warning that a run of the prune timer failed.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="error">The cause.</param>
    /// <param name="removed">The number of records that the run had removed.</param>
    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Removing expired records failed after {Removed} were removed. The store tries again at the next interval.",
        EventName = "PruneFailed"
    )]
    public static partial void PruneFailed(ILogger logger, Exception error, int removed);

    /// <summary>Logs at Warning that the backend could not be reached when the host started.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="error">The cause, which names the backend.</param>
    /// <param name="backend">The <see cref="ISessionStore.Backend"/> of the store.</param>
    [LoggerMessage(
        4,
        LogLevel.Warning,
        "The {Backend} session store could not be reached when the application started. The first use of a session tries again. Check "
            + "that the server runs.",
        EventName = "OpenedLater"
    )]
    public static partial void OpenedLater(ILogger logger, Exception error, string backend);

    /// <summary>Logs at Warning that the backend cannot be reached any more.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="place">The backend: <c>The MySQL database app at db1</c>, with a capital, as it begins the sentence.</param>
    [LoggerMessage(
        5,
        LogLevel.Warning,
        "{Place} cannot be reached. The store tries again until it can be reached.",
        EventName = "Disconnected"
    )]
    public static partial void Disconnected(ILogger logger, string place);

    /// <summary>Logs at Information that the backend can be reached again.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="place">The backend: <c>The MySQL database app at db1</c>, with a capital, as it begins the sentence.</param>
    [LoggerMessage(6, LogLevel.Information, "{Place} can be reached again.", EventName = "Connected")]
    public static partial void Connected(ILogger logger, string place);

    /// <summary>Logs at Error that a handler of <see cref="ISessionStore.Connected"/> or its counterpart threw an exception.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="error">The exception.</param>
    [LoggerMessage(
        7,
        LogLevel.Error,
        "A handler of Connected or Disconnected threw an exception. Handlers must not throw; the store continues.",
        EventName = "HandlerFailed"
    )]
    public static partial void HandlerFailed(ILogger logger, Exception error);

    /// <summary>Logs at Warning that a listing left out entries that are not sessions.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="count">The number of entries.</param>
    /// <param name="entries">What the backend calls them: <c>rows of table 'session'</c>.</param>
    [LoggerMessage(
        8,
        LogLevel.Warning,
        "A listing left out {Count} {Entries} that are not sessions. Remove or repair them.",
        EventName = "Unreadable"
    )]
    public static partial void Unreadable(ILogger logger, int count, string entries);

    /// <summary>Logs at Warning that a disposal that no caller waits for failed.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="error">The cause.</param>
    [LoggerMessage(
        10,
        LogLevel.Warning,
        "Closing the session store failed. Connections may stay open until the process ends. The exception has the cause.",
        EventName = "CloseFailed"
    )]
    public static partial void CloseFailed(ILogger logger, Exception error);
}
