using System.Runtime.Versioning;

namespace ServerSessions.Stores;

/// <summary>
/// What a store that keeps sessions on a disk refuses to use: what another user than the process's and root owns, and what others than its
/// owner may write. If the group is trusted, so is each owner, who is one of it.
/// </summary>
/// <param name="allowGroup">Whether the group may read and write.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixTrust(bool allowGroup)
{
    private const uint Root = 0;

    // Has no file of its own: what it owns is anybody's whose number is not known here.
    private const uint Nobody = 65534;

    /// <summary>The mode of a file that the store makes.</summary>
    public UnixFileMode FileMode { get; } =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | (allowGroup ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite : UnixFileMode.None);

    /// <summary>The mode of a folder that the store makes.</summary>
    public UnixFileMode FolderMode { get; } =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | (allowGroup ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute : UnixFileMode.None);

    /// <summary>Why an entry cannot be trusted, and what to do, as the rest of a sentence; <see langword="null"/> if it can be.</summary>
    /// <param name="entry">The entry; not a link.</param>
    /// <param name="name">What it is called in the sentence, such as <c>it</c>.</param>
    public string? Problem(in UnixEntry entry, string name)
    {
        var mode = entry.IsFolder ? FolderMode : FileMode;
        var run = $"Run 'chmod {Octal(mode)}' on it";
        if (!allowGroup && entry.Owner is { } owner && owner != Root && owner != UnixEntry.ProcessUser)
        {
            return $"{name} belongs to user {owner}, who can change every session, and the process works as user {UnixEntry.ProcessUser}. "
                + $"Run the process as that user, run 'chown -R {UnixEntry.ProcessUser}' on it, or set AllowGroupAccess if that user "
                + $"is meant to share the sessions.";
        }

        if (entry.Mode.HasFlag(UnixFileMode.OtherWrite))
        {
            if (entry.IsFolder && entry.Mode.HasFlag(UnixFileMode.StickyBit))
            {
                // Such as /tmp: other programs need it as it is.
                return $"everyone may write to {name}, and so make sessions and sign in as anybody. It is meant for everyone, as /tmp "
                    + $"is: give a path in a folder of the application's own.";
            }

            return $"everyone may write to {name}, and so make sessions and sign in as anybody. {run}.";
        }

        if (!allowGroup && entry.Mode.HasFlag(UnixFileMode.GroupWrite) && !IsOfPrivateGroup(entry))
        {
            return $"its group may write to {name}, and so make sessions and sign in as anybody. {run}, or set AllowGroupAccess if the "
                + $"group is meant to share the sessions.";
        }

        return !entry.IsFolder && entry.Links > 1
            ? $"{name} has {entry.Links} names (hard links), and is changed under one where another is looked at. Leave one of them."
            : null;
    }

    /// <summary>Whether others than those who are meant to can read a file or list or enter a folder.</summary>
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

    /// <summary>Makes a file that is not there yet. Follows no link.</summary>
    /// <exception cref="IOException">It is there, or cannot be made.</exception>
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
            // Against a umask that takes the group's rights away.
            System.IO.File.SetUnixFileMode(file.SafeFileHandle, FileMode);
        }

        return file;
    }

    /// <summary>Makes a folder, and nothing above it.</summary>
    public void CreateFolder(string path)
    {
        Directory.CreateDirectory(path, FolderMode);
        if (allowGroup)
        {
            // And with what it has from the folder above: that new entries belong to its group.
            System.IO.File.SetUnixFileMode(path, System.IO.File.GetUnixFileMode(path) | FolderMode);
        }
    }

    /// <summary>
    /// Whether the group has the user of the process as its only member, as far as numbers tell: Debian, Ubuntu and Fedora make such a
    /// group with each user, with the user's number, and let it write what the user makes (umask 002).
    /// </summary>
    private static bool IsOfPrivateGroup(in UnixEntry entry) =>
        entry.Group is { } group && group is not (Root or Nobody) && group == UnixEntry.ProcessGroup && group == UnixEntry.ProcessUser;

    /// <summary>A mode as chmod writes it.</summary>
    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
