namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// What the store makes in its folder, for whom, and what it refuses to use there. Folders are looked at once, at opening or at the first
/// use of each: nobody else may write to the one above them, so they stay what they are. Session files are looked at whenever they are
/// opened.
/// </summary>
internal sealed class FolderTrust(FileLocation location, FileFailures failures, bool allowGroup)
{
    // Null on Windows.
    private readonly UnixTrust? _trust = OperatingSystem.IsWindows() ? null : new UnixTrust(allowGroup);
    private readonly bool[] _isChecked = new bool[FileLocation.Stripes];
    private volatile bool _isPrivate;

    /// <summary>Looks at the folder itself. What was known of those inside is forgotten.</summary>
    /// <returns>Its mode, if it is open to others than those who are meant to use it.</returns>
    /// <exception cref="SessionStoreException">It cannot be trusted.</exception>
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
            throw failures.Folder(problem);
        }

        var isOpen = _trust.IsOpenToOthers(entry);
        _isPrivate = !isOpen && !allowGroup;
        return isOpen ? entry.Mode : null;
    }

    /// <summary>Looks at a folder inside; one that is not there is no problem.</summary>
    /// <exception cref="SessionStoreException">It is a link, or cannot be trusted.</exception>
    /// <returns>Whether it is there.</returns>
    public bool CheckInner(string path)
    {
        var name = $"its folder '{Path.GetRelativePath(location.Folder, path)}'";
        if (OperatingSystem.IsWindows())
        {
            return new DirectoryInfo(path).LinkTarget is null
                ? Directory.Exists(path)
                : throw failures.Folder($"{name} is a link. Remove it.");
        }

        if (UnixEntry.Find(path) is not { } entry)
        {
            return false;
        }

        if (!entry.IsFolder)
        {
            throw failures.Folder($"{name} is {(entry.IsLink ? "a link" : "no folder")}. Remove it.");
        }

        return _trust!.Problem(entry, name) is { } problem ? throw failures.Folder(problem) : true;
    }

    /// <summary>Looks at the folder in which a stripe's sessions lie, at its first use.</summary>
    /// <exception cref="SessionStoreException">It is a link, or cannot be trusted.</exception>
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

    /// <summary>Looks at an open file that is no lock.</summary>
    /// <exception cref="RefusedEntryException">It cannot be trusted.</exception>
    public void CheckSession(in UnixEntry entry)
    {
        // In a folder that nobody else may enter nobody else opens a file, whatever its mode: Node's are as the umask leaves them.
        if (!OperatingSystem.IsWindows())
        {
            Check(_isPrivate ? entry.WithOwnersRights() : entry, "its file");
        }
    }

    /// <summary>Looks at an open lock.</summary>
    /// <exception cref="RefusedEntryException">It cannot be trusted.</exception>
    public void CheckLock(in UnixEntry entry)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (!entry.IsRegular)
            {
                throw new RefusedEntryException("what lies under the name of a lock in its folder '.locks' is no file. Remove it.");
            }

            Check(entry, "a lock in its folder '.locks'");
        }
    }

    /// <summary>Makes a file that is not there yet, for those alone who are meant to use it. Follows no link.</summary>
    public FileStream CreateFile(string path) =>
        OperatingSystem.IsWindows()
            ? new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
            : _trust!.CreateFile(path);

    /// <summary>
    /// Makes a folder for those alone who are meant to use it, and those above it that are missing, which .NET would make for everyone the
    /// umask allows.
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

    /// <summary>Makes the folder of a file, provided that the folder of the store is there.</summary>
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
