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
            "Removing expired sessions failed after {Removed} were removed. The store tries again at the next interval.",
            EventName = "PruneFailed"
        )]
        public static partial void PruneFailed(ILogger logger, Exception error, int removed);

        [LoggerMessage(
            4,
            LogLevel.Debug,
            "The writer waited {Milliseconds:0.0} ms for a lock of another process or connection.",
            EventName = "LockWaited"
        )]
        public static partial void LockWaited(ILogger logger, double milliseconds);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "A listing left out {Rows} rows of table '{Table}' that are not sessions. Remove or repair them.",
            EventName = "UnreadableRows"
        )]
        public static partial void UnreadableRows(ILogger logger, int rows, string table);

        [LoggerMessage(
            6,
            LogLevel.Warning,
            "A checkpoint failed. No session is lost: the write-ahead log keeps the committed writes. The store tries again after "
                + "further writes. Check the disk if the error repeats.",
            EventName = "CheckpointFailed"
        )]
        public static partial void CheckpointFailed(ILogger logger, Exception error);

        [LoggerMessage(
            7,
            LogLevel.Warning,
            "Other users can read the SQLite database '{Database}' (mode {Mode}) and every session in it. Run 'chmod 600' on it and "
                + "on its -wal and -shm files.",
            EventName = "FileOpenToOthers"
        )]
        public static partial void FileOpenToOthers(ILogger logger, string database, string mode);
    }
}
