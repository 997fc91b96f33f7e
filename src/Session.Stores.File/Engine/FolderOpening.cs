namespace ServerSessions.Stores.File.Engine;

/// <summary>Makes a folder ready for sessions, and refuses one in which they would not be safe.</summary>
internal sealed class FolderOpening(FileLocation location, FileFailures failures, FolderTrust trust, bool createFolder)
{
    // Any of them shows whether locks work; none is ever removed.
    private const int TriedLock = 0;

    /// <summary>Opens the folder; creates what is missing.</summary>
    /// <returns>The folder's mode, if it is open to others than those who are meant to use it.</returns>
    /// <exception cref="SessionStoreException">It cannot be used.</exception>
    public UnixFileMode? Open()
    {
        if (new DirectoryInfo(location.Folder).LinkTarget is not null)
        {
            throw failures.Folder(
                "that is a link, and who may change a link decides which sessions there are. Give the path that it leads to; a link "
                    + "further up in the path is followed."
            );
        }

        if (System.IO.File.Exists(location.Folder))
        {
            throw failures.Folder("that is a file. Give the path of a folder.");
        }

        if (!Directory.Exists(location.Folder))
        {
            if (!createFolder)
            {
                throw failures.Folder("it does not exist. Create it, or set CreateFolder.");
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
    /// Tries one of the locks that sessions are written under. If somebody else has it, locks work; if it can be taken, it must not be
    /// possible to take it again. Only files that stay are tried: one that others remove is another file at the second attempt.
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
            // As if it had no effect.
        }

        throw failures.Folder(
            "files cannot be locked there, so processes would overwrite each other's sessions. Give a folder on a local disk, and leave "
                + "System.IO.DisableFileLocking unset."
        );
    }

    /// <summary>
    /// Whether the folder takes <c>A</c> and <c>a</c> for one name: then the folder of the locks is found in capitals too, and is the same.
    /// </summary>
    private bool FoldsCase()
    {
        var capitals = Path.Join(location.Folder, Path.GetFileName(location.LockFolder).ToUpperInvariant());
        return OperatingSystem.IsLinux()
            ? UnixEntry.Find(capitals)?.Number is { } number && UnixEntry.Find(location.LockFolder)?.Number == number
            : Directory.Exists(capitals);
    }
}
