namespace ServerSessions.Stores.File;

/// <summary>Options of <see cref="FileSessionStore"/>. Read once, when the store is created.</summary>
public sealed class FileSessionStoreOptions
{
    /// <summary>The default of <see cref="Path"/>, as in session-file-store: <c>./sessions</c>.</summary>
    public const string DefaultPath = "./sessions";

    /// <summary>
    /// Gets or sets the path of the folder, which holds the sessions of one application and of Node apps that share them. A relative path
    /// starts at the folder that is current when the store is created. A line break at the end is ignored.
    /// </summary>
    /// <value>Default <c>./sessions</c>, as in session-file-store.</value>
    public string Path { get; set; } = DefaultPath;

    /// <summary>
    /// Gets or sets the lifetime of a session that has no expiry, counted from the write or touch. The stored expiry of a session without
    /// <c>originalMaxAge</c> depends on it, so all processes on one folder need the same value. Node's is the option <c>ttl</c>, in
    /// seconds.
    /// </summary>
    /// <value>More than zero. Default 1 hour, as in session-file-store.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets or sets the longest time that one call waits in total, in the queue, for locks of other processes and for the disk. Then the
    /// call fails with <see cref="SessionStoreUnavailableException"/>. Measured in real time and not with <see cref="TimeProvider"/>,
    /// because locks of other processes end in real time. It applies to each step of a listing, a count, a clear and a prune.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the interval at which expired sessions and temporary files of killed processes are removed. Each wait, including the
    /// first, is a random 50 % to 150 % of it. The first wait starts when the folder is opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Whether the store creates a missing folder, which only its owner can read and write. If not, a
    /// missing folder is an error of every call, also while the store runs. Set <see langword="false"/> for a folder on a mount: its
    /// sessions must not count as absent while it is not mounted.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateFolder { get; set; } = true;

    /// <summary>
    /// Whether the group of the folder shares the sessions: a team, or a Node app that runs as another
    /// user. The store then creates files with mode 660 and folders with mode 770 instead of 600 and 700, and accepts any owner, because
    /// only the group and the folder's owner can create files there. Give the folder the mode 2770, so that new files belong to its group.
    /// A folder or file that everyone can write is always refused. No effect on Windows.
    /// </summary>
    /// <value>
    /// Default <see langword="false"/>: the store refuses a folder or file that its group can write, or whose owner is neither the
    /// process's user nor root.
    /// </value>
    public bool AllowGroupAccess { get; set; }

    /// <summary>
    /// Whether files are spread over 256 folders in two levels (<c>a/7/&lt;sid&gt;.json</c>), for hundreds
    /// of thousands of sessions. Node's session-file-store does not find them. Sessions stored with the other value are not found.
    /// </summary>
    /// <value>Default <see langword="false"/>: all files in one folder, as in session-file-store.</value>
    public bool FanOut { get; set; }

    /// <summary>
    /// Whether an acknowledged write survives a power cut. The file is flushed before it is renamed, and
    /// the folder afterwards and after a session is destroyed. If not, a killed process still loses nothing, but a power cut may lose the
    /// last writes, restore a destroyed session, or leave an empty file, which counts as unreadable. On Windows the folder is not flushed.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Durable { get; set; }

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, FileSessionStoreOptions> ForSiblings()
    {
        var own = (FileSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (FileSessionStoreOptions)own.MemberwiseClone();
            options.Path = $"{System.IO.Path.TrimEndingDirectorySeparator(PathText.WithoutLineBreak(own.Path))}-{name}";
            return options;
        };
    }
}
