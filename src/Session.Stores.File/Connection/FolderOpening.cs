namespace ServerSessions.Stores.File.Connection;

/// <summary>Opens a folder for sessions, and refuses an unsafe one.</summary>
internal sealed class FolderOpening(FileLocation location, FileErrors errors, FolderTrust trust, bool createFolder)
{
    // Any lock shows whether locks work; locks are never removed.
    private const int TriedLock = 0;

    /// <summary>Opens the folder and creates what is missing.</summary>
    /// <returns>The folder's mode if other users can read it; otherwise <see langword="null"/>.</returns>
    /// <exception cref="SessionStoreException">The folder cannot be used.</exception>
    public UnixFileMode? Open()
    {
        if (new DirectoryInfo(location.Folder).LinkTarget is not null)
        {
            throw errors.Unusable(
                "the path is a link, and a user who can change a link can replace all sessions. Give the path that it leads to; links "
                    + "in the path to the folder are followed."
            );
        }

        if (System.IO.File.Exists(location.Folder))
        {
            throw errors.Unusable("the path is a file. Give the path of a folder.");
        }

        if (!Directory.Exists(location.Folder))
        {
            if (!createFolder)
            {
                throw errors.Unusable("it does not exist. Create it, or set CreateFolder.");
            }

            trust.CreateFolder(location.Folder);
        }

        var mode = trust.CheckTop();
        if (!trust.CheckInner(location.LockFolder))
        {
            trust.CreateFolder(location.LockFolder);
        }

        TryLock();
        if (!OperatingSystem.IsWindows())
        {
            Libc.ThrowIfNotWritable(location.Folder);
        }

        location.FoldsCase = FoldsCase();
        return mode;
    }

    /// <summary>
    /// Tries a lock to check that locks work: either another process holds it, or it can be taken once and not twice. It uses a permanent
    /// lock file, because a file that another process removes would be another file at the second attempt.
    /// </summary>
    private void TryLock()
    {
        var path = location.LockOf(TriedLock);
        try
        {
            using var first = FileLock.TryTake(path, trust);
            using var second = first is null ? null : FileLock.TryTake(path, trust);
            if (second is null)
            {
                return;
            }
        }
        catch (FileFault fault) when (fault.SaysNoLocks)
        {
            // Reported below, like locks without an effect.
        }

        throw errors.Unusable(
            "files cannot be locked there, so processes would overwrite each other's sessions. Give a folder on a local disk, and leave "
                + "System.IO.DisableFileLocking unset."
        );
    }

    /// <summary>
    /// Whether the folder is case-insensitive: then the lock folder is also found by its name in capitals.
    /// </summary>
    private bool FoldsCase()
    {
        var capitals = Path.Join(location.Folder, Path.GetFileName(location.LockFolder).ToUpperInvariant());
        return OperatingSystem.IsLinux()
            ? UnixEntry.Find(capitals)?.Number is { } number && UnixEntry.Find(location.LockFolder)?.Number == number
            : Directory.Exists(capitals);
    }
}
