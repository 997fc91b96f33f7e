using System.Security.Cryptography;

namespace Session.Stores.File.Engine;

/// <summary>Makes a folder ready for sessions, and refuses one in which they would not be safe.</summary>
internal sealed class FolderOpening(FileLocation location, FileFailures failures, bool createFolder)
{
    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // The names of files that are made for a moment to try the folder out.
    private const string ProbePrefix = ".probe-";

    // Another process that opens the folder may have a new probe in its hands, to see whether anybody has; or has removed it between its making and its locking, so
    // that the second try makes a new file and locks that. One probe proves nothing.
    private const int Probes = 5;

    public static bool IsProbe(string path) => Path.GetFileName(path.AsSpan()).StartsWith(ProbePrefix, StringComparison.Ordinal);

    /// <summary>Removes a probe that a killed process has left behind; one that is in use stays, by whatever clock it is old.</summary>
    /// <returns>How many were removed.</returns>
    public static int RemoveProbe(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return 0;
        }

        using (var unused = FileLock.TryTake(path))
        {
            if (unused is null)
            {
                return 0;
            }

            if (!OperatingSystem.IsWindows())
            {
                System.IO.File.Delete(path);
                return 1;
            }
        }

        // What is open to the exclusion of others cannot be removed there, not even by its owner.
        System.IO.File.Delete(path);
        return 1;
    }

    /// <summary>Opens the folder; creates what is missing.</summary>
    /// <returns>The folder's mode, where it is open to others than its owner.</returns>
    /// <exception cref="SessionStoreException">It cannot be used.</exception>
    public UnixFileMode? Open()
    {
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

            FileLocation.CreatePrivate(location.Folder);
        }

        var mode = CheckMode();
        FileLocation.CreatePrivate(location.LockFolder);
        if (new DirectoryInfo(location.LockFolder).LinkTarget is not null)
        {
            throw failures.Folder("its folder '.locks' is a link. Remove it.");
        }

        TryOut();
        return mode;
    }

    private UnixFileMode? CheckMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var mode = System.IO.File.GetUnixFileMode(location.Folder);
        if (mode.HasFlag(UnixFileMode.OtherWrite))
        {
            throw failures.Folder("everyone may write to it, and so make sessions and sign in as anybody. Run 'chmod 700' on it.");
        }

        return (mode & OthersMode) == UnixFileMode.None ? null : mode;
    }

    /// <summary>Whether a file can be made and locked, and whether its name is found in capitals too.</summary>
    private void TryOut()
    {
        for (var left = Probes; left > 0; left--)
        {
            var name = ProbePrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var probe = Path.Join(location.Folder, name);
            try
            {
                using var first = FileLock.TryTake(probe);
                using var second = first is null ? null : FileLock.TryTake(probe);
                if ((first is null || second is not null) && left > 1)
                {
                    continue;
                }

                if (second is not null)
                {
                    throw failures.Folder("files cannot be locked there, so processes would overwrite each other's sessions. Give a folder on a local disk, and leave "
                        + "System.IO.DisableFileLocking unset.");
                }

                location.FoldsCase = System.IO.File.Exists(Path.Join(location.Folder, name.ToUpperInvariant()));
                return;
            }
            finally
            {
                System.IO.File.Delete(probe);
            }
        }
    }
}
