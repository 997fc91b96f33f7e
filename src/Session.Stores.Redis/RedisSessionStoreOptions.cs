using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <summary>The options of <see cref="RedisSessionStore"/>. Read once, when the store is created.</summary>
public sealed class RedisSessionStoreOptions
{
    /// <summary>The default of <see cref="Prefix"/>, <c>sess:</c>, as in connect-redis.</summary>
    public const string DefaultPrefix = "sess:";

    /// <summary>
    /// Gets or sets a connection string of StackExchange.Redis (<c>localhost:6379,password=…</c>) or a URL:
    /// <c>redis://user:password@host:6379/0</c>, with TLS <c>rediss://…</c>. In a URL, user and password are percent-encoded. Separate
    /// several hosts by commas: a primary and its replicas; writes follow the primary after a failover. The store opens and closes the
    /// connection. It overrides three settings: it keeps trying to connect (<c>abortConnect=false</c>), fails calls at once if there is no
    /// connection, and keeps keys out of the driver's exceptions.
    /// </summary>
    /// <value>Empty by default. Exactly one of this and <see cref="Multiplexer"/> is required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Gets or sets the application's own connection, in place of <see cref="ConnectionString"/>. The store never disposes it and does not
    /// change its settings. Create it with <c>AbortOnConnectFail = false</c> and <c>BacklogPolicy.FailFast</c>; otherwise calls wait for
    /// the whole <see cref="OperationTimeout"/> while the server is unreachable.
    /// </summary>
    /// <value>Default <see langword="null"/>.</value>
    public IConnectionMultiplexer? Multiplexer { get; set; }

    /// <summary>Gets or sets the number of the database. A cluster has only database 0.</summary>
    /// <value>0 or more, or -1 for the connection's, which is 0 if it names none. Default -1.</value>
    public int Database { get; set; } = -1;

    /// <summary>
    /// Gets or sets the beginning of each session's key; the sid follows. Two stores in one database need prefixes of which neither starts
    /// with the other. An empty prefix is allowed, as in connect-redis, for a database that holds only sessions. Listing, counting and
    /// clearing then read every string of the database; sessions are those that are JSON objects with a <c>cookie</c> object. Braces in the
    /// prefix put every session of a cluster on one node.
    /// </summary>
    /// <value>0 to 255 characters, well-formed UTF-16, no NUL. Default <c>sess:</c>.</value>
    public string Prefix { get; set; } = DefaultPrefix;

    /// <summary>Gets or sets the lifetime of a session without an expiry of its own, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as connect-redis.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets the longest wait of one call, connecting included. Then the call fails with <see
    /// cref="SessionStoreUnavailableException"/>, and the server does not execute a write later. A comparison it may, if that still holds.
    /// Listing, counting and clearing have this time for each step. Real time, not that of <see cref="TimeProvider"/>.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets how many keys the server examines in one step of listing, counting and clearing (the COUNT of SCAN). Between two steps
    /// it serves other calls.
    /// </summary>
    /// <value>1 to 100,000. Default 1000.</value>
    public int ScanCount { get; set; } = 1000;

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, RedisSessionStoreOptions> ForSiblings()
    {
        var own = (RedisSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (RedisSessionStoreOptions)own.MemberwiseClone();
            options.Prefix = SiblingPrefix.Of(own.Prefix, name);
            return options;
        };
    }
}
