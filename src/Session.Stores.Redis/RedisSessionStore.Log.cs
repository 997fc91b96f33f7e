using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Redis;

public sealed partial class RedisSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Sessions are kept in Redis at {Servers}, database {Database}, under the prefix '{Prefix}'.",
            EventName = "Opened"
        )]
        public static partial void Opened(ILogger logger, string servers, int database, string prefix);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "The application starts without Redis; the store connects when the server is back. {Reason}",
            EventName = "NotReachableAtStart"
        )]
        public static partial void NotReachableAtStart(ILogger logger, string reason);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "The connection to Redis at {Servers} is lost. The store reconnects by itself.",
            EventName = "Disconnected"
        )]
        public static partial void Disconnected(ILogger logger, string servers);

        [LoggerMessage(4, LogLevel.Information, "The connection to Redis at {Servers} is back.", EventName = "Connected")]
        public static partial void Connected(ILogger logger, string servers);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "A listing left out {Keys} keys under the prefix '{Prefix}' that are not sessions. Remove or rename them.",
            EventName = "UnreadableKeys"
        )]
        public static partial void UnreadableKeys(ILogger logger, int keys, string prefix);

        [LoggerMessage(
            6,
            LogLevel.Error,
            "A handler of Connected or Disconnected threw an exception. Handlers must not throw; the store continues.",
            EventName = "HandlerFailed"
        )]
        public static partial void HandlerFailed(ILogger logger, Exception error);
    }
}
