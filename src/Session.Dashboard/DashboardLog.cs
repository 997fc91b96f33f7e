using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// The log messages of the dashboard. What an operator asks for is logged before it is done. No message has the user or the session: the
/// events of the sessions have them, for handlers of the application.
/// </summary>
internal static partial class DashboardLog
{
    public const string Category = "ServerSessions.Dashboard";

    [LoggerMessage(
        100,
        LogLevel.Information,
        "The operator {Operator} ends {Scope} of a user, from the dashboard.",
        EventName = "OperatorEnds"
    )]
    public static partial void Ends(ILogger logger, string @operator, string scope);

    [LoggerMessage(
        101,
        LogLevel.Information,
        "The operator {Operator} has ended sessions from the dashboard: {Ended}. May be live: {Failed}.",
        EventName = "OperatorEnded"
    )]
    public static partial void Ended(ILogger logger, string @operator, int ended, int failed);

    [LoggerMessage(
        102,
        LogLevel.Error,
        "The dashboard got no result from the store {Backend}. The response is 503. The exception has the cause.",
        EventName = "DashboardStoreFailed"
    )]
    public static partial void StoreFailed(ILogger logger, string backend, Exception exception);
}
