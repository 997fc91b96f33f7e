using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.File;

public sealed partial class FileSessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            20,
            LogLevel.Warning,
            "The session folder '{Folder}' is open to other users (mode {Mode}): a user who can list it reads session ids, and one "
                + "who can write it creates sessions. Run 'chmod 700' on it, unless a group shares it.",
            EventName = "FolderOpenToOthers"
        )]
        public static partial void FolderOpenToOthers(ILogger logger, string folder, string mode);

        [LoggerMessage(
            21,
            LogLevel.Information,
            "Removed {Removed} temporary files of an earlier process.",
            EventName = "OrphansRemoved"
        )]
        public static partial void OrphansRemoved(ILogger logger, int removed);

        [LoggerMessage(
            22,
            LogLevel.Error,
            "A file with a session's name was not a readable session ({Reason}). It was set aside as a file whose name ends in "
                + "'{Ending}'. Check that file and remove it.",
            EventName = "SetAside"
        )]
        public static partial void SetAside(ILogger logger, string reason, string ending);

        [LoggerMessage(
            23,
            LogLevel.Warning,
            "Temporary files of an earlier process could not be removed. The store tries again when it next removes expired "
                + "sessions.",
            EventName = "OrphanSweepFailed"
        )]
        public static partial void OrphanSweepFailed(ILogger logger, Exception error);
    }
}
