using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// A lock between processes: an exclusively opened file (flock on Unix). It ends when it is disposed or its process ends. The empty file
/// stays.
/// </summary>
internal static class FileLock
{
    /// <summary>Immediate attempts; the other holder often releases the lock within them.</summary>
    private const int Attempts = 3;

    /// <returns>The lock, or <see langword="null"/> if it is taken.</returns>
    /// <exception cref="RefusedEntryException">The lock file is a link or not trusted.</exception>
    public static IDisposable? TryTake(string path, FolderTrust trust)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryTakeOnWindows(path);
        }

        var file = Open(path, trust);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                if (Libc.TryLock(file))
                {
                    return file;
                }

                Thread.Yield();
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Opens or creates a lock file. Follows no link, so nothing is created outside the folder.</summary>
    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle Open(string path, FolderTrust trust)
    {
        SafeFileHandle file;
        try
        {
            file = OpenOrCreate(path, trust);
        }
        catch (FileFault fault) when (fault.Code == FileFault.TooManyLinks)
        {
            throw new RefusedEntryException("a lock in its folder '.locks' is a link. Remove it.");
        }

        try
        {
            trust.CheckLock(UnixEntry.Of(file));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOrCreate(string path, FolderTrust trust)
    {
        try
        {
            return Libc.OpenToWriteNoFollow(path);
        }
        catch (FileFault fault) when (fault.Code == FileFault.NoEntry)
        {
            try
            {
                trust.CreateFile(path).Dispose();
            }
            catch (IOException) when (System.IO.File.Exists(path))
            {
                // Another process has just created it.
            }

            return Libc.OpenToWriteNoFollow(path);
        }
    }

    private static FileStream? TryTakeOnWindows(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (FileFault.IsSharingViolation(error))
            {
                if (attempt == Attempts)
                {
                    return null;
                }

                Thread.Yield();
            }
        }
    }
}
