using System.IO.Enumeration;

namespace ServerSessions.Stores.File.Engine;

/// <summary>Walks over the names in the folder, which are read as they are asked for.</summary>
internal static class SessionListing
{
    /// <summary>
    /// Some file systems (tmpfs, btrfs) give a file that is replaced while a folder is read a place in front of the reader, so that it is
    /// missed. So the folder is read again, at most this often, until nothing new is found.
    /// </summary>
    private const int Passes = 3;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// The sessions, expired or not. One that is there throughout comes exactly once. Holds 16 bytes for each session of a folder.
    /// </summary>
    public static IEnumerable<SessionKey> Sessions(FileLocation location, FolderTrust trust)
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
                    if (SessionKey.OfName(name, location.FoldsCase) is { } key && seen.Add(key.Digest))
                    {
                        yield return key;
                    }
                }
            }
        }
    }

    /// <summary>Files that somebody may have begun to write and never ended, each with its full path.</summary>
    public static IEnumerable<string> Temporaries(FileLocation location, FolderTrust trust) =>
        from folder in Folders(location, trust).Append(location.Folder).Distinct()
        from name in Names(folder)
        where FileLocation.IsTemporary(name, out _) || FileLocation.IsNodeTemporary(name)
        select Path.Join(folder, name);

    /// <summary>The folders that sessions lie in, each looked at before its names are read. Not all of them need to be there.</summary>
    private static IEnumerable<string> Folders(FileLocation location, FolderTrust trust)
    {
        for (var stripe = 0; stripe < (location.IsFannedOut ? FileLocation.Stripes : 1); stripe++)
        {
            trust.CheckFanOut(stripe);
            yield return location.FolderOf(stripe);
        }
    }

    /// <summary>A folder that is not there has no names.</summary>
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
