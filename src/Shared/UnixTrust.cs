using System.Runtime.Versioning;

namespace ServerSessions.Stores;

/// <summary>
/// Decides which files and folders a store on a disk refuses: those that another user than the process's and root owns, and those that
/// others than the owner can write. If the group is trusted, every owner is trusted as a member of it.
/// </summary>
/// <param name="allowGroup">Whether the group can read and write.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixTrust(bool allowGroup)
{
    private const uint Root = 0;

    // The id that stands for every unknown user or group.
    private const uint Nobody = 65534;

    /// <summary>The mode of a new file.</summary>
    public UnixFileMode FileMode { get; } =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | (allowGroup ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite : UnixFileMode.None);

    /// <summary>The mode of a new folder.</summary>
    public UnixFileMode FolderMode { get; } =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | (allowGroup ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute : UnixFileMode.None);

    /// <summary>Returns why an entry is not trusted and what to do, as the end of a sentence; <see langword="null"/> if it is.</summary>
    /// <param name="entry">The entry; not a link.</param>
    /// <param name="name">The subject of the sentence, such as <c>it</c>.</param>
    public string? Problem(in UnixEntry entry, string name)
    {
        var mode = entry.IsFolder ? FolderMode : FileMode;
        var run = $"Run 'chmod {Octal(mode)}' on it";
        if (!allowGroup && entry.Owner is { } owner && owner != Root && owner != UnixEntry.ProcessUser)
        {
            return $"{name} belongs to user {owner}, who can change every session, and the process runs as user {UnixEntry.ProcessUser}. "
                + $"Run the process as that user, run 'chown -R {UnixEntry.ProcessUser}' on it, or set AllowGroupAccess if that user "
                + $"shares the sessions.";
        }

        if (entry.Mode.HasFlag(UnixFileMode.OtherWrite))
        {
            if (entry.IsFolder && entry.Mode.HasFlag(UnixFileMode.StickyBit))
            {
                // Other programs need the mode of a folder such as /tmp, so chmod is not suggested.
                return $"everyone may write to {name}, and so create sessions and sign in as any user. It is a shared folder, as /tmp is: "
                    + $"give a path in a folder of the application.";
            }

            return $"everyone may write to {name}, and so create sessions and sign in as any user. {run}.";
        }

        if (!allowGroup && entry.Mode.HasFlag(UnixFileMode.GroupWrite) && !IsOfPrivateGroup(entry))
        {
            return $"its group may write to {name}, and so create sessions and sign in as any user. {run}, or set AllowGroupAccess if the "
                + $"group shares the sessions.";
        }

        return !entry.IsFolder && entry.Links > 1
            ? $"{name} has {entry.Links} names (hard links), so it can be changed under another name. Remove all names but one."
            : null;
    }

    /// <summary>Whether other users than intended can read a file, or list or enter a folder.</summary>
    public bool IsOpenToOthers(in UnixEntry entry)
    {
        var open =
            UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite
            | (allowGroup ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        open |= entry.IsFolder
            ? UnixFileMode.OtherExecute | (allowGroup ? UnixFileMode.None : UnixFileMode.GroupExecute)
            : UnixFileMode.None;
        return (entry.Mode & open) != UnixFileMode.None;
    }

    /// <summary>Creates a file that does not exist. Follows no link.</summary>
    /// <exception cref="IOException">The file exists or cannot be created.</exception>
    public FileStream CreateFile(string path)
    {
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = System.IO.FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                UnixCreateMode = FileMode,
            }
        );
        if (allowGroup)
        {
            // The umask may have removed the group's rights.
            System.IO.File.SetUnixFileMode(file.SafeFileHandle, FileMode);
        }

        return file;
    }

    /// <summary>Creates a folder, but not its parents.</summary>
    public void CreateFolder(string path)
    {
        Directory.CreateDirectory(path, FolderMode);
        if (allowGroup)
        {
            // Keeps the inherited setgid bit, so that new entries belong to the folder's group.
            System.IO.File.SetUnixFileMode(path, System.IO.File.GetUnixFileMode(path) | FolderMode);
        }
    }

    /// <summary>
    /// Whether the group is the private group of the process's user, judged by equal ids. Debian, Ubuntu and Fedora create such a group for
    /// each user and let it write the user's files (umask 002).
    /// </summary>
    private static bool IsOfPrivateGroup(in UnixEntry entry) =>
        entry.Group is { } group && group is not (Root or Nobody) && group == UnixEntry.ProcessGroup && group == UnixEntry.ProcessUser;

    /// <summary>Formats a mode as chmod does.</summary>
    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
