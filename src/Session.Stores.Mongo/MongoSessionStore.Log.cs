using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            20,
            LogLevel.Warning,
            "{Collection} has an index on 'expires' with other options than a TTL of 0 seconds; it is kept. If it does "
                + "not remove expired sessions, drop it, or set PruneInterval.",
            EventName = "OtherIndex"
        )]
        public static partial void OtherIndex(ILogger logger, string collection);
    }
}
