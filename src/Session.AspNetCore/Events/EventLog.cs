using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// The log messages of <c>AddLoggedEvents</c>, without the user. No message has a session id or a value.
/// </summary>
internal static partial class EventLog
{
    [LoggerMessage(60, LogLevel.Debug, "A session was created in {Backend}.", EventName = "SessionCreated")]
    public static partial void Created(ILogger logger, string backend);

    [LoggerMessage(61, LogLevel.Information, "A user has signed in; the session is in {Backend}.", EventName = "SessionSignedIn")]
    public static partial void SignedIn(ILogger logger, string backend);

    [LoggerMessage(
        62,
        LogLevel.Debug,
        "A session in {Backend} has a new id. For a sign-in: {IsSignIn}.",
        EventName = "SessionRenewed"
    )]
    public static partial void Renewed(ILogger logger, string backend, bool isSignIn);

    [LoggerMessage(63, LogLevel.Trace, "A session in {Backend} was changed.", EventName = "SessionChanged")]
    public static partial void Changed(ILogger logger, string backend);

    [LoggerMessage(64, LogLevel.Information, "A session in {Backend} was ended: {Reason}.", EventName = "SessionEnded")]
    public static partial void Ended(ILogger logger, string backend, SessionEndReason reason);

    [LoggerMessage(65, LogLevel.Debug, "Expired sessions were removed from {Backend}: {Count}, {How}.", EventName = "SessionExpired")]
    public static partial void Expired(ILogger logger, long count, string backend, SessionExpiry how);

    [LoggerMessage(
        66,
        LogLevel.Warning,
        "Requests with a session cookie got no session from {Backend}: {Reason}, {Count} since the last line. Logged at most once a minute "
            + "for each reason.",
        EventName = "SessionRejected"
    )]
    public static partial void Rejected(ILogger logger, long count, string backend, SessionRejection reason);

    [LoggerMessage(67, LogLevel.Error, "The session store {Backend} cannot be used.", EventName = "SessionStoreUnavailable")]
    public static partial void StoreUnavailable(ILogger logger, string backend);

    [LoggerMessage(
        68,
        LogLevel.Information,
        "The session store {Backend} can be used again after {Seconds:0.0} seconds.",
        EventName = "SessionStoreRecovered"
    )]
    public static partial void StoreRecovered(ILogger logger, string backend, double seconds);

    [LoggerMessage(
        69,
        LogLevel.Error,
        "A session in {Backend} was not ended and may be live: {Reason}. End it once more when the store is well.",
        EventName = "SessionEndFailed"
    )]
    public static partial void EndFailed(ILogger logger, string backend, SessionEndReason reason);
}
