using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Sessions are kept in the SQLite database '{Database}', table '{Table}'.",
            EventName = "Opened"
        )]
        public static partial void Opened(ILogger logger, string database, string table);

        [LoggerMessage(2, LogLevel.Debug, "Removed {Removed} expired sessions.", EventName = "Pruned")]
        public static partial void Pruned(ILogger logger, int removed);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Removing expired sessions failed after {Removed}; it is tried again at the next interval.",
            EventName = "PruneFailed"
        )]
        public static partial void PruneFailed(ILogger logger, Exception error, int removed);

        [LoggerMessage(
            4,
            LogLevel.Debug,
            "Writing waited {Milliseconds:0.0} ms for a lock of another process or connection.",
            EventName = "LockWaited"
        )]
        public static partial void LockWaited(ILogger logger, double milliseconds);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "{Rows} rows of table '{Table}' are no sessions and were left out of a listing. Remove or repair them.",
            EventName = "UnreadableRows"
        )]
        public static partial void UnreadableRows(ILogger logger, int rows, string table);

        [LoggerMessage(
            6,
            LogLevel.Warning,
            "Carrying the write-ahead log over into the database failed. Nothing is lost: the log keeps it, and it is tried again as "
                + "more is written.",
            EventName = "CheckpointFailed"
        )]
        public static partial void CheckpointFailed(ILogger logger, Exception error);

        [LoggerMessage(
            7,
            LogLevel.Warning,
            "The SQLite database '{Database}' can be read by others (mode {Mode}), and with it every session. Run 'chmod 600' on it, "
                + "and on the files beside it.",
            EventName = "FileOpenToOthers"
        )]
        public static partial void FileOpenToOthers(ILogger logger, string database, string mode);
    }
}
