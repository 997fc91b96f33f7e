using MySqlConnector;

namespace ServerSessions.Stores.MySql;

/// <summary>Options of <see cref="MySqlSessionStore"/>. Read once, when the store is created.</summary>
public sealed class MySqlSessionStoreOptions
{
    /// <summary>The default of <see cref="TableName"/>, as in express-mysql-session: <c>sessions</c>.</summary>
    public const string DefaultTableName = "sessions";

    /// <summary>
    /// Gets or sets a connection string of MySqlConnector, <c>Server=localhost;Database=app;User ID=app;Password=…</c>, or a
    /// percent-encoded URL, <c>mysql://app:…@localhost:3306/app?sslmode=VerifyFull</c>. The store creates its own pool from it. With
    /// several servers it uses the first that responds, unless <c>Load Balance</c> is set.
    /// </summary>
    /// <value>Empty by default; required if <see cref="DataSource"/> is not set. Must name a database.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Gets or sets a data source of the application, used instead of <see cref="ConnectionString"/>. The store does not dispose it.
    /// </summary>
    /// <value>Default <see langword="null"/>. Do not set both. <c>Use Affected Rows</c> and <c>Ignore Prepare</c> are refused.</value>
    public MySqlDataSource? DataSource { get; set; }

    /// <summary>
    /// Gets or sets the name of the table, which holds the sessions of one application in any number of instances. Quoted in every
    /// statement.
    /// </summary>
    /// <value>1 to 64 characters of the basic plane, without NUL and without a blank at the end. Default <c>sessions</c>.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>Gets or sets the form of the table.</summary>
    /// <value>Default <see cref="MySqlSessionFormat.ExpressMySqlSession"/>, which a Node application can share.</value>
    public MySqlSessionFormat Format { get; set; }

    /// <summary>Gets or sets the lifetime of a session that has no expiry, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as in express-mysql-session.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets the longest time that one call waits in total: for a connection, for locks, for the reply, and for opening the table if
    /// needed. Then the call fails with <see cref="SessionStoreUnavailableException"/>. Measured in real time and not with
    /// <see cref="TimeProvider"/>, because a server works in real time. It applies to each page of a listing and to each batch of a clear.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the interval at which expired sessions are pruned. Each wait, including the first, is a random 50 % to 150 % of it. The
    /// first wait starts when the table is opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets or sets the number of expired sessions that the timer removes at once. After each batch it pauses for nineteen times as long
    /// as the batch took.
    /// </summary>
    /// <value>1 to 1000. Default 100.</value>
    public int PruneBatch { get; set; } = 100;

    /// <summary>
    /// Whether the store creates a missing table with an index on the expiry. An existing table is never altered, and then the user needs
    /// no right to create.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, MySqlSessionStoreOptions> ForSiblings()
    {
        var own = (MySqlSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (MySqlSessionStoreOptions)own.MemberwiseClone();
            options.TableName = $"{own.TableName}_{name}";
            return options;
        };
    }
}
