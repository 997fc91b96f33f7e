namespace ServerSessions.Stores.Sqlite;

/// <summary>What a <see cref="SqliteSessionStore"/> needs to know. Read once, when the store is made.</summary>
public sealed class SqliteSessionStoreOptions
{
    /// <summary>connect-sqlite3's table: <c>sessions</c>.</summary>
    public const string DefaultTableName = "sessions";

    /// <summary>
    /// The path of the database file, or a connection string of Microsoft.Data.Sqlite: <c>Data Source=/var/lib/app/sessions.db</c>. A text
    /// with an equals sign is a connection string, unless a folder separator stands before the sign or the text starts with <c>file:</c>. A
    /// relative path starts at the application's <c>DataDirectory</c> if it has one, else at the current folder of the moment when the
    /// store is made. A line break at the end is left out. The keywords for waiting and pooling are not used: see
    /// <see cref="OperationTimeout"/>.
    /// </summary>
    /// <value>
    /// None by default; required. <c>:memory:</c> is a database of its own for each store, in any spelling; a file of that name is refused.
    /// </value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Whether the group of the file shares the sessions: a team, or a Node app that runs as another user. Then the store makes the file
    /// with mode 660 instead of 600, as SQLite makes the files beside it, and trusts what any user owns in the folder. Give the folder the
    /// mode 2770. A folder or a file that everyone may write is refused either way. Without an effect on Windows.
    /// </summary>
    /// <value>
    /// Default <see langword="false"/>: a file or a folder that its group may write, or that belongs to another user than the process's and
    /// root, is refused.
    /// </value>
    public bool AllowGroupAccess { get; set; }

    /// <summary>The table that holds the sessions, for one store alone. Quoted in every statement.</summary>
    /// <value>1 to 63 characters without NUL, not starting with <c>sqlite_</c>. Default <c>sessions</c>.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>How long a session without an expiry of its own lives, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as connect-sqlite3.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long one call waits altogether, from when it was made: for its turn and for locks that other processes hold. Then it fails with
    /// <see cref="SessionStoreUnavailableException"/>. Real time, not <see cref="TimeProvider"/>'s: another process's lock ends in real
    /// time.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often expired sessions are removed. Each wait, the first one too, is varied between half and one and a half of it. Starts when
    /// the database was first opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/>: never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How many expired sessions are removed in one transaction. Between two of them other writes have their turn, for as long as the
    /// transaction took.
    /// </summary>
    /// <value>1 to 100,000. Default 25: other writes wait about a millisecond, and a hundred thousand sessions take some seconds.</value>
    public int PruneBatch { get; set; } = 25;

    /// <summary>
    /// Whether the table, and an index on its expiry named <c>&lt;table&gt;_expired</c>, are created where they are missing. Where not, a
    /// missing table is an error; a missing index makes pruning and counting slower.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>What an acknowledged write survives: see <see cref="SqliteSynchronous"/>.</summary>
    /// <value>Default <see cref="SqliteSynchronous.Normal"/>.</value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Normal;
}
