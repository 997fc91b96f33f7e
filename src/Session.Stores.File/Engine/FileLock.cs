namespace Session.Stores.File.Engine;

/// <summary>
/// A lock between processes: a file that is open to the exclusion of others (flock on Unix). It ends when it is disposed or when its process ends, and the
/// file stays, empty.
/// </summary>
internal static class FileLock
{
    /// <summary>Attempts at once; the other's work is often done within them.</summary>
    private const int Attempts = 3;

    /// <returns>The lock, or <see langword="null"/> where somebody else has it.</returns>
    public static IDisposable? TryTake(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
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
