using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            20,
            LogLevel.Debug,
            "The writer waited {Milliseconds:0.0} ms for a lock of another process or connection.",
            EventName = "LockWaited"
        )]
        public static partial void LockWaited(ILogger logger, double milliseconds);

        [LoggerMessage(
            21,
            LogLevel.Warning,
            "A checkpoint failed. No session is lost: the write-ahead log keeps the committed writes. The store tries again after "
                + "further writes. Check the disk if the error repeats.",
            EventName = "CheckpointFailed"
        )]
        public static partial void CheckpointFailed(ILogger logger, Exception error);

        [LoggerMessage(
            22,
            LogLevel.Warning,
            "Other users can read {Place} (mode {Mode}) and every session in it. Run 'chmod 600' on it and on its -wal and -shm files.",
            EventName = "FileOpenToOthers"
        )]
        public static partial void FileOpenToOthers(ILogger logger, string place, string mode);
    }
}
