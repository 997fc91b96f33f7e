namespace ServerSessions.Stores.File;

/// <summary>What a <see cref="FileSessionStore"/> needs to know. Read once, when the store is made.</summary>
public sealed class FileSessionStoreOptions
{
    /// <summary>session-file-store's folder: <c>./sessions</c>.</summary>
    public const string DefaultPath = "./sessions";

    /// <summary>
    /// The folder that holds the sessions, for one store alone (and for Node apps that share the sessions). A relative path starts at the
    /// current folder of the moment when the store is made. A line break at the end is left out.
    /// </summary>
    /// <value>Default <c>./sessions</c>, as session-file-store.</value>
    public string Path { get; set; } = DefaultPath;

    /// <summary>
    /// How long a session without an expiry of its own lives, counted from the write or touch. In the format of session-file-store it is
    /// also a part of how the expiry of a session without <c>originalMaxAge</c> is written, so everyone on one folder has the same value;
    /// on the Node side it is the option <c>ttl</c>, in seconds.
    /// </summary>
    /// <value>More than zero. Default 1 hour, as session-file-store.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long one call waits altogether, from when it was made: for its turn, for locks that other processes hold, and for the disk. Then
    /// it fails with <see cref="SessionStoreUnavailableException"/>. Real time, not <see cref="TimeProvider"/>'s: another process's lock
    /// ends in real time. A listing, a count, a clearing and a pruning are many calls in this sense.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often expired sessions, and temporary files that a killed process left behind, are removed. Each wait, the first one too, is
    /// varied between half and one and a half of it. Starts when the folder was first opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/>: never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Whether the folder is created where it is missing, readable and writable by its owner only. If not, a missing folder is an error of
    /// every call, also while the store runs: set it so for a folder on a mount, whose sessions must not count as ended while it is away.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateFolder { get; set; } = true;

    /// <summary>
    /// Whether the group of the folder shares the sessions: a team, or a Node app that runs as another user. Then the store makes files
    /// with mode 660 and folders with mode 770 instead of 600 and 700, and trusts what any user owns there, since only the group and the
    /// folder's owner can put it there. Give the folder the mode 2770, so that what is made in it belongs to its group. A folder or a file
    /// that everyone may write is refused either way. Without an effect on Windows.
    /// </summary>
    /// <value>
    /// Default <see langword="false"/>: a folder or a file that its group may write, or that belongs to another user than the process's and
    /// root, is refused.
    /// </value>
    public bool AllowGroupAccess { get; set; }

    /// <summary>
    /// Whether files are spread over 256 folders, two levels deep (<c>a/7/&lt;sid&gt;.json</c>), for hundreds of thousands of sessions.
    /// Node's session-file-store does not find them there. Sessions that were stored with the other value are not found.
    /// </summary>
    /// <value>Default <see langword="false"/>: all in one folder, as session-file-store has them.</value>
    public bool FanOut { get; set; }

    /// <summary>
    /// Whether an acknowledged write survives a power cut: the file is flushed to the disk before it takes its name, and the folder after
    /// it, or after a session was destroyed. Without it, the end of the process loses nothing, but a power cut may lose the last writes,
    /// bring a destroyed session back, or leave an empty file, which counts as an unreadable session. On Windows the folder is not flushed.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Durable { get; set; }
}
