using System.Runtime.Versioning;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// Creates and checks the database file before SQLite opens it. A new file gets the intended mode only. A file, folder, -wal, -shm or
/// -journal file that others can change is refused.
/// </summary>
internal sealed class DatabaseFile(SqliteLocation location, SqliteErrors errors, bool allowGroup)
{
    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Creates a missing file and checks an existing one. Does nothing on Windows and for a database in memory.
    /// </summary>
    /// <returns>The mode of the file if other users can read it; otherwise <see langword="null"/>.</returns>
    /// <exception cref="SessionStoreException">Other users can change the file, its folder or a file beside it.</exception>
    public UnixFileMode? Prepare() =>
        OperatingSystem.IsWindows() || location.File is null ? null : Prepare(location.File, new UnixTrust(allowGroup));

    [UnsupportedOSPlatform("windows")]
    private UnixFileMode? Prepare(string file, UnixTrust trust)
    {
        // Links in the path to the folder are followed: the operator decides who can change them.
        if (
            UnixEntry.Find(file) is { IsFolder: true }
            || UnixEntry.FindTarget(Path.GetDirectoryName(file) ?? "/") is not { IsFolder: true } folder
        )
        {
            // SQLite reports this when it opens the file.
            return null;
        }

        Check(trust, folder, "its folder");
        Create(file, trust);
        foreach (var ending in Beside)
        {
            if (UnixEntry.Find(file + ending) is { } beside)
            {
                CheckFile(trust, beside, $"the file beside it that ends in '{ending}'");
            }
        }

        if (UnixEntry.Find(file) is not { IsFolder: false } entry)
        {
            return null;
        }

        CheckFile(trust, entry, "it");
        return trust.IsOpenToOthers(entry) ? entry.Mode : null;
    }

    /// <summary>Creates the file. SQLite would use the umask's mode; its -wal and -shm files get the mode of the database file.</summary>
    [UnsupportedOSPlatform("windows")]
    private void Create(string file, UnixTrust trust)
    {
        if (!location.Creates || UnixEntry.Find(file) is not null)
        {
            return;
        }

        try
        {
            trust.CreateFile(file).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process has just created it, or it cannot be created; SQLite reports the reason when it opens the file.
        }
    }

    [UnsupportedOSPlatform("windows")]
    private void CheckFile(UnixTrust trust, in UnixEntry entry, string name)
    {
        if (entry.IsLink)
        {
            throw errors.Unusable(
                $"{name} is a link, and a user who can change a link can replace all sessions. Give the path that it leads to; links in "
                    + $"the path to the folder are followed."
            );
        }

        if (!entry.IsRegular)
        {
            throw errors.Unusable($"{name} is not a regular file. Give another path.");
        }

        Check(trust, entry, name);
    }

    [UnsupportedOSPlatform("windows")]
    private void Check(UnixTrust trust, in UnixEntry entry, string name)
    {
        if (trust.Problem(entry, name) is { } problem)
        {
            throw errors.Unusable(problem);
        }
    }
}
