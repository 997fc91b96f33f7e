namespace ServerSessions.Stores.Sqlite;

/// <summary>Options of <see cref="SqliteSessionStore"/>. Read once, when the store is created.</summary>
public sealed class SqliteSessionStoreOptions
{
    /// <summary>The default of <see cref="TableName"/>, as in connect-sqlite3: <c>sessions</c>.</summary>
    public const string DefaultTableName = "sessions";

    /// <summary>
    /// Gets or sets the path of the database file, or a connection string of Microsoft.Data.Sqlite such as
    /// <c>Data Source=/var/lib/app/sessions.db</c>. A string with an equals sign is a connection string, unless a folder separator
    /// precedes the sign or the string starts with <c>file:</c>. A relative path starts at the application's <c>DataDirectory</c> if it has
    /// one, else at the folder that is current when the store is created. A line break at the end is ignored. The keywords <c>Default
    /// Timeout</c> and <c>Pooling</c> have no effect: see <see cref="OperationTimeout"/>. <c>Mode=ReadOnly</c>, <c>Cache=Shared</c> on a
    /// file, <c>immutable=1</c> and <c>nolock=1</c> are refused.
    /// </summary>
    /// <value>
    /// Required; empty by default. <c>:memory:</c>, in any case, is a separate database for each store; a file of that name is refused.
    /// </value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Whether the group of the file shares the sessions: a team, or a Node app that runs as another
    /// user. The store then creates the file with mode 660 instead of 600, as SQLite does for the -wal and -shm files, and accepts any
    /// owner in the folder. Give the folder the mode 2770. A folder or file that everyone can write is always refused. No effect on
    /// Windows.
    /// </summary>
    /// <value>
    /// Default <see langword="false"/>: the store refuses a file or folder that its group can write, or whose owner is neither the
    /// process's user nor root.
    /// </value>
    public bool AllowGroupAccess { get; set; }

    /// <summary>
    /// Gets or sets the name of the table, which holds the sessions of one application in any number of instances. Quoted in every
    /// statement.
    /// </summary>
    /// <value>1 to 63 characters without NUL, not starting with <c>sqlite_</c>. Default <c>sessions</c>.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>Gets or sets the lifetime of a session that has no expiry, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as in connect-sqlite3.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets the longest time that one call waits in total, in the queue and for locks of other processes. Then the call fails
    /// with <see cref="SessionStoreUnavailableException"/>. Measured in real time and not with <see cref="TimeProvider"/>, because locks of
    /// other processes end in real time.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the interval at which expired sessions are pruned. Each wait, including the first, is a random 50 % to 150 % of it.
    /// The first wait starts when the database is opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets or sets the number of expired sessions removed in one transaction. After each, pruning pauses for as long as it took, so that
    /// other writes can proceed.
    /// </summary>
    /// <value>1 to 100,000. Default 25: other writes wait about a millisecond, and 100,000 sessions take some seconds.</value>
    public int PruneBatch { get; set; } = 25;

    /// <summary>
    /// Whether the store creates a missing file, a missing table and its index on the expiry,
    /// <c>&lt;table&gt;_expired</c>. If not, a missing file or table is an error; a missing index makes pruning and counting slower.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>Gets or sets what an acknowledged write survives.</summary>
    /// <value>Default <see cref="SqliteSynchronous.Normal"/>.</value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Normal;

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, SqliteSessionStoreOptions> ForSiblings()
    {
        var own = (SqliteSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (SqliteSessionStoreOptions)own.MemberwiseClone();
            options.TableName = $"{own.TableName}_{name}";
            return options;
        };
    }
}
