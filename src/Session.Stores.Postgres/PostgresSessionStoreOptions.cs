using Npgsql;

namespace ServerSessions.Stores.Postgres;

/// <summary>What a <see cref="PostgresSessionStore"/> needs to know. Read once, when the store is made.</summary>
public sealed class PostgresSessionStoreOptions
{
    /// <summary>connect-pg-simple's table: <c>session</c>.</summary>
    public const string DefaultTableName = "session";

    /// <summary>
    /// A connection string of Npgsql, <c>Host=localhost;Database=app;Username=app;Password=…</c>, or a URL,
    /// <c>postgres://app:…@localhost:5432/app?sslmode=verify-full</c>, with every part percent-decoded. The store makes a pool of its own
    /// from it. Several hosts are tried for the one that takes writes, anew after a failover, unless <c>Target Session Attributes</c> says
    /// otherwise. <c>Multiplexing</c> is refused; <c>No Reset On Close</c> is always on.
    /// </summary>
    /// <value>None by default; required where there is no <see cref="DataSource"/>.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// A data source of the application's own, in place of <see cref="ConnectionString"/>. The store does not dispose it.
    /// </summary>
    /// <value>None by default.</value>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>The schema of the table. Quoted in every statement.</summary>
    /// <value>
    /// 1 to 63 bytes without NUL; <see langword="null"/>, the default: where the search path of the first connection finds the table, or
    /// else its first schema.
    /// </value>
    public string? SchemaName { get; set; }

    /// <summary>The table that holds the sessions, for one store alone. Quoted in every statement.</summary>
    /// <value>1 to 63 bytes without NUL. Default <c>session</c>.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>How long a session without an expiry of its own lives, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as connect-pg-simple.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long one call waits altogether, from when it was made: for a connection, for locks, for the answer, and for opening where that
    /// comes first. Then it fails with <see cref="SessionStoreUnavailableException"/>. Real time, not <see cref="TimeProvider"/>'s: a
    /// server answers in real time. A listing waits that long for each page, and <see cref="PostgresSessionStore.ClearAsync"/> for each
    /// batch.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often expired sessions are removed. Each wait, the first one too, is varied between half and one and a half of it. Starts when
    /// the table was first opened.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/>: never. Default 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How many expired sessions the timer removes with one statement. After each it rests for nineteen times as long as that took.
    /// </summary>
    /// <value>1 to 1000. Default 100.</value>
    public int PruneBatch { get; set; } = 100;

    /// <summary>
    /// Whether the table, with an index on its expiry, is created where it is missing. A table that is there is never altered, and needs no
    /// right to create.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>
    /// The time zone that Node's connections have, where the column <c>expire</c> has none of its own (connect-pg-simple's has not): its
    /// times are local times of that zone. Only needed where it is not the server's default for this database and role.
    /// </summary>
    /// <value>
    /// A full name such as <c>Europe/Berlin</c>; <see langword="null"/>, the default: the server's default (<c>timezone</c> in
    /// postgresql.conf, ALTER DATABASE, ALTER ROLE). The <c>Timezone</c> of this store's own connections has no influence; where it hides
    /// the server's default, opening says so.
    /// </value>
    public string? TimeZone { get; set; }

    /// <summary>Whether statements are prepared once per connection, which saves the server parsing and planning them each time.</summary>
    /// <value>
    /// <see langword="null"/>, the default: yes, unless a pooler such as PgBouncer stands between, which shows in the server's process
    /// number. A pooler that keeps prepared statements (PgBouncer 1.21 with <c>max_prepared_statements</c>) may have
    /// <see langword="true"/>.
    /// </value>
    public bool? PrepareStatements { get; set; }
}
