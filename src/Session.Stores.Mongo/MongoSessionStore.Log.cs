using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sessions are kept in {Collection}.", EventName = "Opened")]
        public static partial void Opened(ILogger logger, string collection);

        [LoggerMessage(2, LogLevel.Debug, "Removed {Removed} expired sessions.", EventName = "Pruned")]
        public static partial void Pruned(ILogger logger, int removed);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Removing expired sessions failed after {Removed}; the store tries again at the next interval.",
            EventName = "PruneFailed"
        )]
        public static partial void PruneFailed(ILogger logger, Exception error, int removed);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "MongoDB could not be reached when the application started; the first call tries again.",
            EventName = "StartedUnavailable"
        )]
        public static partial void StartedUnavailable(ILogger logger, Exception error);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "A listing left out {Documents} documents of {Collection} that are not sessions. Remove or repair them.",
            EventName = "UnreadableDocuments"
        )]
        public static partial void UnreadableDocuments(ILogger logger, int documents, string collection);

        [LoggerMessage(
            6,
            LogLevel.Warning,
            "{Collection} has an index on 'expires' with other options than a TTL of 0 seconds; it is kept. If it does "
                + "not remove expired sessions, drop it, or set PruneInterval.",
            EventName = "OtherIndex"
        )]
        public static partial void OtherIndex(ILogger logger, string collection);
    }
}
