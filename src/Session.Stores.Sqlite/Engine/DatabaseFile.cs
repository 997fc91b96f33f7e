using System.Runtime.Versioning;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// The file of a database before SQLite opens it: made for those alone who are meant to use it, and refused, like its folder and the files
/// beside it, if others could change it.
/// </summary>
internal sealed class DatabaseFile(SqliteLocation location, SqliteFailures failures, bool allowGroup)
{
    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Makes the file if it is missing, and looks at what is there. Without an effect on Windows and for a database in memory.
    /// </summary>
    /// <returns>The mode of the file, if others can read it than those who are meant to.</returns>
    /// <exception cref="SessionStoreException">It cannot be trusted.</exception>
    public UnixFileMode? Prepare() =>
        OperatingSystem.IsWindows() || location.File is null ? null : Prepare(location.File, new UnixTrust(allowGroup));

    [UnsupportedOSPlatform("windows")]
    private UnixFileMode? Prepare(string file, UnixTrust trust)
    {
        // A link further up in the path is followed: who may change it is the operator's to know.
        if (
            UnixEntry.Find(file) is { IsFolder: true }
            || UnixEntry.FindTarget(Path.GetDirectoryName(file) ?? "/") is not { IsFolder: true } folder
        )
        {
            // SQLite says so when it opens the file.
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

    /// <summary>SQLite would make it for everyone the umask allows. What it makes beside a file has that file's mode.</summary>
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
            // Somebody else has just made it; or it cannot be made, and SQLite says why when it opens it.
        }
    }

    [UnsupportedOSPlatform("windows")]
    private void CheckFile(UnixTrust trust, in UnixEntry entry, string name)
    {
        if (entry.IsLink)
        {
            throw failures.Layout(
                $"{name} is a link, and who may change a link decides which sessions there are. Give the path that it leads to; a link "
                    + $"further up in the path is followed."
            );
        }

        if (!entry.IsRegular)
        {
            throw failures.Layout($"{name} is no file. Give another path.");
        }

        Check(trust, entry, name);
    }

    [UnsupportedOSPlatform("windows")]
    private void Check(UnixTrust trust, in UnixEntry entry, string name)
    {
        if (trust.Problem(entry, name) is { } problem)
        {
            throw failures.Layout(problem);
        }
    }
}
