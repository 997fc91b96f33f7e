using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo;

/// <summary>What a <see cref="MongoSessionStore"/> needs to know. Read once, when the store is made.</summary>
public sealed class MongoSessionStoreOptions
{
    /// <summary>connect-mongo's collection: <c>sessions</c>.</summary>
    public const string DefaultCollectionName = "sessions";

    /// <summary>
    /// The database where neither an option nor the connection string names one, as in MongoDB's drivers for Node: <c>test</c>.
    /// </summary>
    public const string DefaultDatabaseName = "test";

    /// <summary>
    /// A MongoDB connection string: <c>mongodb://user:password@host1,host2/app?replicaSet=rs0</c> or <c>mongodb+srv://…</c>. Waiting for a
    /// server, for a connection and for a place in the pool is cut to <see cref="OperationTimeout"/> where the string allows more; reads go
    /// to the primary whatever it says.
    /// </summary>
    /// <value>None by default. Either this or <see cref="Client"/> is required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The database that the collection is in.</summary>
    /// <value>
    /// Default <see langword="null"/>: the one that the connection string names, or <see cref="DefaultDatabaseName"/>. A
    /// <see cref="Client"/> names none.
    /// </value>
    public string? DatabaseName { get; set; }

    /// <summary>The collection that holds the sessions, for one store alone.</summary>
    /// <value>1 to 120 characters without <c>$</c> and NUL, not starting with <c>system.</c>. Default <c>sessions</c>.</value>
    public string CollectionName { get; set; } = DefaultCollectionName;

    /// <summary>How sessions are written. Both formats are read.</summary>
    /// <value>Default <see cref="MongoSessionFormat.Text"/>.</value>
    public MongoSessionFormat Format { get; set; } = MongoSessionFormat.Text;

    /// <summary>How long a session without an expiry of its own lives, counted from the write or touch.</summary>
    /// <value>More than zero. Default 14 days, as connect-mongo.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// A touch that would move the expiry by less than this is not written, so that a busy session costs one write per interval and not one
    /// per request. A touch is always written once half of the life that it gives has passed. connect-mongo's <c>touchAfter</c>; its field
    /// <c>lastModified</c> is kept.
    /// </summary>
    /// <value>Zero or more. Default zero: every touch is written.</value>
    public TimeSpan TouchAfter { get; set; }

    /// <summary>
    /// How long one call waits altogether. Then it fails with <see cref="SessionStoreUnavailableException"/>; a write may still take
    /// effect. Clearing and pruning make several calls, each with this time. Real time, not <see cref="TimeProvider"/>'s.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the TTL index by which the server itself removes expired sessions (<c>expires_1</c>) is created where it is missing:
    /// connect-mongo's <c>autoRemove: 'native'</c>. An index that is there with other options is left as it is.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateIndex { get; set; } = true;

    /// <summary>
    /// How often this store removes expired sessions itself, for servers whose TTL monitor is off: connect-mongo's <c>autoRemove:
    /// 'interval'</c>. Each wait is varied between half and one and a half of it. Starts when the collection was first opened.
    /// </summary>
    /// <value>1 second to 30 days; default <see cref="Timeout.InfiniteTimeSpan"/>: never, the server does it.</value>
    public TimeSpan PruneInterval { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How many expired sessions are removed in one go.</summary>
    /// <value>1 to 100,000. Default 1000.</value>
    public int PruneBatch { get; set; } = 1000;

    /// <summary>When a write counts as done.</summary>
    /// <value>
    /// An acknowledged one. Default <see langword="null"/>: the connection string's or the client's, and if that says nothing the server's
    /// own, which is the majority since MongoDB 5.0.
    /// </value>
    public WriteConcern? WriteConcern { get; set; }

    /// <summary>
    /// A client that the application has already, in place of <see cref="ConnectionString"/>. The store never disposes it. Its read
    /// preference is not used. Its write concern is, unless <see cref="WriteConcern"/> is set.
    /// </summary>
    /// <value>Default <see langword="null"/>.</value>
    public IMongoClient? Client { get; set; }
}
