using Npgsql;

namespace ServerSessions.Stores.Postgres;

/// <summary>Options of <see cref="PostgresSessionStore"/>. Read once, when the store is created.</summary>
public sealed class PostgresSessionStoreOptions
{
    /// <summary>The default of <see cref="TableName"/>, as in connect-pg-simple: <c>session</c>.</summary>
    public const string DefaultTableName = "session";

    /// <summary>
    /// Gets or sets a connection string of Npgsql, <c>Host=localhost;Database=app;Username=app;Password=…</c>, or a percent-encoded URL,
    /// <c>postgres://app:…@localhost:5432/app?sslmode=verify-full</c>. The store creates its own pool from it. With several hosts it uses
    /// the one that accepts writes, also after a failover, unless <c>Target Session Attributes</c> is set. <c>Multiplexing</c> is refused;
    /// <c>No Reset On Close</c> is always on.
    /// </summary>
    /// <value>Empty by default; required if <see cref="DataSource"/> is not set.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Gets or sets a data source of the application, used instead of <see cref="ConnectionString"/>. The store does not dispose it.
    /// </summary>
    /// <value>Default <see langword="null"/>. Do not set both.</value>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>Gets or sets the schema of the table. Quoted in every statement.</summary>
    /// <value>
    /// 1 to 63 bytes without NUL. Default <see langword="null"/>: the schema in which the search path of the first connection finds the
    /// table, or else the first schema of that path.
    /// </value>
    public string? SchemaName { get; set; }

    /// <summary>
    /// Gets or sets the name of the table, which holds the sessions of one application in any number of instances. Quoted in every
    /// statement.
    /// </summary>
    /// <value>1 to 63 bytes without NUL. Default <c>session</c>.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>Gets or sets the lifetime of a session that has no expiry, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as in connect-pg-simple.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets the longest time that one call waits in total: for a connection, for locks, for the reply, and for opening the table if
    /// needed. Then the call fails with <see cref="SessionStoreUnavailableException"/>. Measured in real time and not with
    /// <see cref="TimeProvider"/>, because a server works in real time. It applies to each page of a listing and to each batch of
    /// <see cref="IEnumerableSessionStore.ClearAsync"/>.
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
    /// Gets or sets the number of expired sessions that the timer removes with one statement. After each it pauses for nineteen times as
    /// long as the statement took.
    /// </summary>
    /// <value>1 to 1000. Default 100.</value>
    public int PruneBatch { get; set; } = 100;

    /// <summary>
    /// Whether the store creates a missing table and its index on the expiry. An existing table is never
    /// altered, and then the role needs no right to create.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>
    /// Gets or sets the time zone of Node's connections. A column <c>expire</c> without a time zone, as in connect-pg-simple's table, holds
    /// local times of that zone. Needed only if it differs from the server's default for this database and role.
    /// </summary>
    /// <value>
    /// A full name such as <c>Europe/Berlin</c>. Default <see langword="null"/>: the server's default (<c>timezone</c> in postgresql.conf,
    /// ALTER DATABASE, ALTER ROLE). The <c>Timezone</c> of this store's connections has no effect; if it hides the server's default,
    /// opening fails and names the setting.
    /// </value>
    public string? TimeZone { get; set; }

    /// <summary>
    /// Whether statements are prepared once per connection, so that the server parses and plans them once.
    /// </summary>
    /// <value>
    /// Default <see langword="null"/>: yes, unless a pooler such as PgBouncer is detected by the server's process number. Set
    /// <see langword="true"/> for a pooler that keeps prepared statements (PgBouncer 1.21 with <c>max_prepared_statements</c>).
    /// </value>
    public bool? PrepareStatements { get; set; }

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, PostgresSessionStoreOptions> ForSiblings()
    {
        var own = (PostgresSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (PostgresSessionStoreOptions)own.MemberwiseClone();
            options.TableName = $"{own.TableName}_{name}";
            return options;
        };
    }
}
