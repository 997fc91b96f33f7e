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
            "Removing expired sessions failed after {Removed} were removed. The store tries again at the next interval.",
            EventName = "PruneFailed"
        )]
        public static partial void PruneFailed(ILogger logger, Exception error, int removed);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "The session folder '{Folder}' is open to other users (mode {Mode}): a user who can list it reads session ids, and one "
                + "who can write it creates sessions. Run 'chmod 700' on it, unless a group shares it.",
            EventName = "FolderOpenToOthers"
        )]
        public static partial void FolderOpenToOthers(ILogger logger, string folder, string mode);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "A listing left out {Files} files of the folder '{Folder}' that are not sessions. Remove or repair them.",
            EventName = "UnreadableFiles"
        )]
        public static partial void UnreadableFiles(ILogger logger, int files, string folder);

        [LoggerMessage(
            6,
            LogLevel.Information,
            "Removed {Removed} temporary files of an earlier process.",
            EventName = "OrphansRemoved"
        )]
        public static partial void OrphansRemoved(ILogger logger, int removed);

        [LoggerMessage(
            7,
            LogLevel.Error,
            "A file with a session's name was not a readable session ({Reason}). It was set aside as a file whose name ends in "
                + "'{Ending}'. Check that file and remove it.",
            EventName = "SetAside"
        )]
        public static partial void SetAside(ILogger logger, string reason, string ending);

        [LoggerMessage(
            8,
            LogLevel.Warning,
            "Temporary files of an earlier process could not be removed. The store tries again when it next removes expired "
                + "sessions.",
            EventName = "OrphanSweepFailed"
        )]
        public static partial void OrphanSweepFailed(ILogger logger, Exception error);
    }
}
