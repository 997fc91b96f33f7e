using System.IO.Enumeration;
using ServerSessions.Stores.File.Connection;

namespace ServerSessions.Stores.File.Statements;

/// <summary>Enumerates the names in the folder lazily.</summary>
internal static class SessionListing
{
    /// <summary>
    /// The most passes over the folder. On some file systems (tmpfs, btrfs) a pass misses a file that is replaced meanwhile, so the folder
    /// is read again until nothing new is found.
    /// </summary>
    private const int Passes = 3;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// Enumerates the sessions, expired or not. A session that exists throughout is returned exactly once. Uses 16 bytes per session.
    /// </summary>
    public static IEnumerable<FileKey> Sessions(FileLocation location, FolderTrust trust)
    {
        location.ThrowIfGone();
        var seen = new HashSet<UInt128>();
        foreach (var folder in Folders(location, trust))
        {
            seen.Clear();
            for (var (pass, known) = (0, -1); pass < Passes && seen.Count > known; pass++)
            {
                known = seen.Count;
                foreach (var name in Names(folder))
                {
                    if (FileKey.OfName(name, location.FoldsCase) is { } key && seen.Add(key.Digest))
                    {
                        yield return key;
                    }
                }
            }
        }
    }

    /// <summary>Enumerates the full paths of temporary files, which may be orphans.</summary>
    public static IEnumerable<string> Temporaries(FileLocation location, FolderTrust trust) =>
        from folder in Folders(location, trust).Append(location.Folder).Distinct()
        from name in Names(folder)
        where FileLocation.IsTemporary(name, out _) || FileLocation.IsNodeTemporary(name)
        select Path.Join(folder, name);

    /// <summary>Enumerates the folders of sessions, each checked before its names are read. Some may not exist.</summary>
    private static IEnumerable<string> Folders(FileLocation location, FolderTrust trust)
    {
        for (var stripe = 0; stripe < (location.IsFannedOut ? FileLocation.Stripes : 1); stripe++)
        {
            trust.CheckFanOut(stripe);
            yield return location.FolderOf(stripe);
        }
    }

    /// <summary>Enumerates the names in a folder; none if it does not exist.</summary>
    private static IEnumerable<string> Names(string folder)
    {
        FileSystemEnumerable<string> names;
        try
        {
            names = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything);
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }

        foreach (var name in names)
        {
            yield return name;
        }
    }
}
