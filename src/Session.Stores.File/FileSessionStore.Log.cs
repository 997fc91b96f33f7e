using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.File;

public sealed partial class FileSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sessions are kept in the folder '{Folder}'.", EventName = "Opened")]
        public static partial void Opened(ILogger logger, string folder);

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
            LogLevel.Warning,
            "The session folder '{Folder}' is open to others (mode {Mode}): who can list it reads session ids, who can write it "
                + "makes sessions. Run 'chmod 700' on it unless a group is meant to share it.",
            EventName = "FolderOpenToOthers"
        )]
        public static partial void FolderOpenToOthers(ILogger logger, string folder, string mode);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "{Files} files of the folder '{Folder}' are no sessions and were left out of a listing. Remove or repair them.",
            EventName = "UnreadableFiles"
        )]
        public static partial void UnreadableFiles(ILogger logger, int files, string folder);

        [LoggerMessage(
            6,
            LogLevel.Information,
            "Removed {Removed} temporary files that an earlier process had left behind.",
            EventName = "OrphansRemoved"
        )]
        public static partial void OrphansRemoved(ILogger logger, int removed);

        [LoggerMessage(
            7,
            LogLevel.Error,
            "What lay under the name of a session was no readable session ({Reason}) and was set aside as a file whose name ends in "
                + "'{Ending}'.",
            EventName = "SetAside"
        )]
        public static partial void SetAside(ILogger logger, string reason, string ending);

        [LoggerMessage(
            8,
            LogLevel.Warning,
            "Temporary files that an earlier process may have left behind could not be removed; it is tried again with the expired "
                + "sessions.",
            EventName = "OrphanSweepFailed"
        )]
        public static partial void OrphanSweepFailed(ILogger logger, Exception error);
    }
}
