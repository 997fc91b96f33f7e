namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// Creates files and folders with the intended mode and refuses untrusted ones. Folders are checked once, at opening or first use: other
/// users cannot write to their parent, so they do not change. Session files are checked at each opening.
/// </summary>
internal sealed class FolderTrust(FileLocation location, FileErrors errors, bool allowGroup)
{
    // Null on Windows.
    private readonly UnixTrust? _trust = OperatingSystem.IsWindows() ? null : new UnixTrust(allowGroup);
    private readonly bool[] _isChecked = new bool[FileLocation.Stripes];
    private volatile bool _isPrivate;

    /// <summary>Checks the folder itself and resets the checks of inner folders.</summary>
    /// <returns>Its mode if other users can read it; otherwise <see langword="null"/>.</returns>
    /// <exception cref="SessionStoreException">The folder is not trusted.</exception>
    public UnixFileMode? CheckTop()
    {
        Array.Clear(_isChecked);
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var entry = UnixEntry.Find(location.Folder) ?? throw new DirectoryNotFoundException();
        if (_trust!.Problem(entry, "it") is { } problem)
        {
            throw errors.Unusable(problem);
        }

        var isOpen = _trust.IsOpenToOthers(entry);
        _isPrivate = !isOpen && !allowGroup;
        return isOpen ? entry.Mode : null;
    }

    /// <summary>Checks an inner folder, if it exists.</summary>
    /// <exception cref="SessionStoreException">The folder is a link or not trusted.</exception>
    /// <returns>Whether it exists.</returns>
    public bool CheckInner(string path)
    {
        var name = $"its folder '{Path.GetRelativePath(location.Folder, path)}'";
        if (OperatingSystem.IsWindows())
        {
            return new DirectoryInfo(path).LinkTarget is null
                ? Directory.Exists(path)
                : throw errors.Unusable($"{name} is a link. Remove it.");
        }

        if (UnixEntry.Find(path) is not { } entry)
        {
            return false;
        }

        if (!entry.IsFolder)
        {
            throw errors.Unusable($"{name} is {(entry.IsLink ? "a link" : "not a folder")}. Remove it.");
        }

        return _trust!.Problem(entry, name) is { } problem ? throw errors.Unusable(problem) : true;
    }

    /// <summary>Checks the folder of a stripe at its first use.</summary>
    /// <exception cref="SessionStoreException">The folder is a link or not trusted.</exception>
    public void CheckFanOut(int stripe)
    {
        if (location.IsFannedOut && !Volatile.Read(ref _isChecked[stripe]))
        {
            var folder = location.FolderOf(stripe);
            if (CheckInner(Path.GetDirectoryName(folder)!) && CheckInner(folder))
            {
                Volatile.Write(ref _isChecked[stripe], true);
            }
        }
    }

    /// <summary>Checks an open session file.</summary>
    /// <exception cref="RefusedEntryException">The file is not trusted.</exception>
    public void CheckSession(in UnixEntry entry)
    {
        // If only the owner can enter the folder, the modes of its files do not matter; Node's depend on the umask.
        if (!OperatingSystem.IsWindows())
        {
            Check(_isPrivate ? entry.WithOwnersRights() : entry, "its file");
        }
    }

    /// <summary>Checks an open lock.</summary>
    /// <exception cref="RefusedEntryException">The lock is not trusted.</exception>
    public void CheckLock(in UnixEntry entry)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (!entry.IsRegular)
            {
                throw new RefusedEntryException("a lock in its folder '.locks' is not a file. Remove it.");
            }

            Check(entry, "a lock in its folder '.locks'");
        }
    }

    /// <summary>Creates a file that does not exist, with the intended mode. Follows no link.</summary>
    public FileStream CreateFile(string path) =>
        OperatingSystem.IsWindows()
            ? new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
            : _trust!.CreateFile(path);

    /// <summary>
    /// Creates a folder and its missing parents with the intended mode. .NET would create the parents with the umask's mode.
    /// </summary>
    public void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { } parent)
        {
            CreateFolder(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            _trust!.CreateFolder(path);
        }
    }

    /// <summary>Creates the folder of a file, if the folder of the store exists.</summary>
    public void CreateFanOutFolder(string file)
    {
        if (!Directory.Exists(location.Folder))
        {
            throw new DirectoryNotFoundException();
        }

        CreateFolder(Path.GetDirectoryName(file)!);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void Check(in UnixEntry entry, string name)
    {
        if (_trust!.Problem(entry, name) is { } problem)
        {
            throw new RefusedEntryException(problem);
        }
    }
}
