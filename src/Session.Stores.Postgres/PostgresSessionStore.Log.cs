using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Postgres.Engine;

namespace ServerSessions.Stores.Postgres;

public sealed partial class PostgresSessionStore
{
    /// <summary>Logs at the host's start that the server cannot be reached and that the first call tries again.</summary>
    internal void WarnOpenedLater(SessionStoreUnavailableException error) => Log.OpenedLater(_logger, error, _database.Target.Database);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Sessions are kept in the PostgreSQL database {Database}, table '{Schema}.{Table}' ({Payload}; time zone {TimeZone}; "
                + "prepared statements: {IsPrepared}).",
            EventName = "Opened"
        )]
        public static partial void Opened(
            ILogger logger,
            string database,
            string schema,
            string table,
            PayloadType payload,
            string timeZone,
            bool isPrepared
        );

        [LoggerMessage(2, LogLevel.Debug, "Removed {Removed} expired sessions.", EventName = "Pruned")]
        public static partial void Pruned(ILogger logger, int removed);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Removing expired sessions failed after {Removed} were removed. The store tries again at the next interval.",
            EventName = "PruneFailed"
        )]
        public static partial void PruneFailed(ILogger logger, Exception error, int removed);

        [LoggerMessage(
            4,
            LogLevel.Debug,
            "A pooled connection was broken. The store sends the statement once more on another connection.",
            EventName = "Retried"
        )]
        public static partial void Retried(ILogger logger);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "A listing left out {Rows} rows of {Table} that are not sessions. Remove or repair them.",
            EventName = "UnreadableRows"
        )]
        public static partial void UnreadableRows(ILogger logger, int rows, string table);

        [LoggerMessage(
            6,
            LogLevel.Warning,
            "Table '{Schema}.{Table}' has no index on expire, so pruning and counting read the whole table. Run: CREATE INDEX "
                + "CONCURRENTLY ON \"{Schema}\".\"{Table}\" (expire).",
            EventName = "NoIndex"
        )]
        public static partial void NoIndex(ILogger logger, string schema, string table);

        [LoggerMessage(
            7,
            LogLevel.Warning,
            "The PostgreSQL database {Database} cannot be reached yet. The application starts, and the first use of a session tries "
                + "again. Check that the server runs.",
            EventName = "OpenedLater"
        )]
        public static partial void OpenedLater(ILogger logger, Exception error, string database);

        [LoggerMessage(
            8,
            LogLevel.Warning,
            "The PostgreSQL database {Database} cannot be reached. The store tries again until it can be reached.",
            EventName = "Disconnected"
        )]
        public static partial void Disconnected(ILogger logger, string database);

        [LoggerMessage(9, LogLevel.Information, "The PostgreSQL database {Database} can be reached again.", EventName = "Connected")]
        public static partial void Connected(ILogger logger, string database);

        [LoggerMessage(
            10,
            LogLevel.Error,
            "A handler of Connected or Disconnected threw an exception. Handlers must not throw; the store continues.",
            EventName = "HandlerFailed"
        )]
        public static partial void HandlerFailed(ILogger logger, Exception error);
    }
}
