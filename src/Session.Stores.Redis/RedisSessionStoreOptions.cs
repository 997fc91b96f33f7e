using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <summary>What a <see cref="RedisSessionStore"/> needs to know. Read once, when the store is made.</summary>
public sealed class RedisSessionStoreOptions
{
    /// <summary>connect-redis' prefix: <c>sess:</c>.</summary>
    public const string DefaultPrefix = "sess:";

    /// <summary>
    /// A connection string of StackExchange.Redis (<c>localhost:6379,password=…</c>) or a URL:
    /// <c>redis://user:password@host:6379/0</c>, with TLS <c>rediss://…</c>; user and password percent-encoded, several hosts separated by
    /// commas: a primary and its replicas, of which the one that is the primary is written to, also after a failover.
    /// The store makes the connection and closes it, and sets three things whatever the text says: it goes on trying to connect where the
    /// server is down at first (<c>abortConnect=false</c>), fails calls at once while there is no connection, and keeps keys out of the
    /// driver's exceptions.
    /// </summary>
    /// <value>None by default. Either this or <see cref="Multiplexer"/> is required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// A connection of the application's own, in place of <see cref="ConnectionString"/>. The store never disposes it and does not change
    /// its settings: make it with <c>AbortOnConnectFail = false</c> and <c>BacklogPolicy.FailFast</c>, or calls wait for the whole of
    /// <see cref="OperationTimeout"/> while the server is away.
    /// </summary>
    /// <value>Default <see langword="null"/>.</value>
    public IConnectionMultiplexer? Multiplexer { get; set; }

    /// <summary>The number of the database. A cluster has only database 0.</summary>
    /// <value>0 or more; -1: that of the connection, which is 0 where it names none. Default -1.</value>
    public int Database { get; set; } = -1;

    /// <summary>
    /// What the key of each session starts with; the sid follows. Two stores in one database need prefixes of which neither starts with the
    /// other. An empty one is allowed, as in connect-redis, for a database that holds sessions alone: listing, counting and clearing then
    /// read every string of the database, and regard only those as sessions that are JSON objects with a <c>cookie</c> object. Braces in it
    /// send every session of a cluster to one node.
    /// </summary>
    /// <value>0 to 255 characters, well-formed UTF-16, no NUL. Default <c>sess:</c>.</value>
    public string Prefix { get; set; } = DefaultPrefix;

    /// <summary>How long a session without an expiry of its own lives, counted from the write or touch.</summary>
    /// <value>More than zero. Default 1 day, as connect-redis.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long one call waits altogether, connecting included. Then it fails with <see cref="SessionStoreUnavailableException"/>, and the
    /// server does not execute the write any more. Of listing, counting and clearing it bounds each step. Real time, not
    /// <see cref="TimeProvider"/>'s.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many keys the server looks at in one step of listing, counting and clearing (the COUNT of SCAN). Between two steps it serves
    /// others.
    /// </summary>
    /// <value>1 to 100,000. Default 1000.</value>
    public int ScanCount { get; set; } = 1000;
}
