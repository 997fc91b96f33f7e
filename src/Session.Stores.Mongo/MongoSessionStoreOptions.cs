using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo;

/// <summary>The options of <see cref="MongoSessionStore"/>. Read once, when the store is created.</summary>
public sealed class MongoSessionStoreOptions
{
    /// <summary>The default of <see cref="CollectionName"/>, <c>sessions</c>, as in connect-mongo.</summary>
    public const string DefaultCollectionName = "sessions";

    /// <summary>
    /// The database if neither an option nor the connection string names one: <c>test</c>, as in MongoDB's driver for Node.
    /// </summary>
    public const string DefaultDatabaseName = "test";

    /// <summary>
    /// Gets or sets the MongoDB connection string: <c>mongodb://user:password@host1,host2/app?replicaSet=rs0</c> or <c>mongodb+srv://…</c>.
    /// Longer waits for a server, a connection and a place in the pool are cut to <see cref="OperationTimeout"/>. Reads always go to the
    /// primary.
    /// </summary>
    /// <value>Empty by default. Exactly one of this and <see cref="Client"/> is required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>Gets or sets the name of the database of the collection.</summary>
    /// <value>
    /// 1 to 63 characters. Default <see langword="null"/>: that of the connection string, or <see cref="DefaultDatabaseName"/>. A <see
    /// cref="Client"/> names none.
    /// </value>
    public string? DatabaseName { get; set; }

    /// <summary>Gets or sets the name of the collection, which belongs to one store.</summary>
    /// <value>
    /// 1 to 120 characters without <c>$</c> and NUL; does not start with <c>system.</c> or a dot, nor end with a dot. Default
    /// <c>sessions</c>.
    /// </value>
    public string CollectionName { get; set; } = DefaultCollectionName;

    /// <summary>Gets or sets the format of writes. Reads accept both formats.</summary>
    /// <value>Default <see cref="MongoSessionFormat.Text"/>.</value>
    public MongoSessionFormat Format { get; set; } = MongoSessionFormat.Text;

    /// <summary>Gets or sets the lifetime of a session without an expiry of its own, counted from the write or touch.</summary>
    /// <value>More than zero. Default 14 days, as connect-mongo.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Gets or sets the least move of the expiry that a touch writes. A busy session then costs one write per interval, not one per
    /// request. A touch is always written if half of the lifetime that it gives has passed. Corresponds to connect-mongo's
    /// <c>touchAfter</c>; its field <c>lastModified</c> is maintained.
    /// </summary>
    /// <value>Zero or more. Default zero: every touch is written.</value>
    public TimeSpan TouchAfter { get; set; }

    /// <summary>
    /// Gets or sets the longest wait of one call. Then the call fails with <see cref="SessionStoreUnavailableException"/>; a write may
    /// still take effect. Clearing and pruning make several calls, each with this time. Real time, not that of <see cref="TimeProvider"/>.
    /// </summary>
    /// <value>1 millisecond to 10 minutes. Default 2 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets whether the store creates the TTL index (<c>expires_1</c>) if it is missing. With it the server removes expired
    /// sessions: connect-mongo's <c>autoRemove: 'native'</c>. An existing index with other options is kept.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool CreateIndex { get; set; } = true;

    /// <summary>
    /// Gets or sets how often this store removes expired sessions, for servers whose TTL monitor is off: connect-mongo's <c>autoRemove:
    /// 'interval'</c>. Each wait is 0.5 to 1.5 times this value. Starts when the collection is first opened.
    /// </summary>
    /// <value>1 second to 30 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never. Default never: the server does it.</value>
    public TimeSpan PruneInterval { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets how many expired sessions one pruning call removes.</summary>
    /// <value>1 to 100,000. Default 1000.</value>
    public int PruneBatch { get; set; } = 1000;

    /// <summary>Gets or sets when a write counts as done.</summary>
    /// <value>
    /// An acknowledged write concern. Default <see langword="null"/>: that of the connection string or the client, otherwise the server's
    /// own, which is majority since MongoDB 5.0.
    /// </value>
    public WriteConcern? WriteConcern { get; set; }

    /// <summary>
    /// Gets or sets the application's own client, in place of <see cref="ConnectionString"/>. The store never disposes it. The store
    /// ignores its read preference, and uses its write concern unless <see cref="WriteConcern"/> is set.
    /// </summary>
    /// <value>Default <see langword="null"/>.</value>
    public IMongoClient? Client { get; set; }

    /// <summary>
    /// Returns a function that returns the options of the store of a name beside the one with these options, as they are now.
    /// </summary>
    internal Func<string, MongoSessionStoreOptions> ForSiblings()
    {
        var own = (MongoSessionStoreOptions)MemberwiseClone();
        return name =>
        {
            var options = (MongoSessionStoreOptions)own.MemberwiseClone();
            options.CollectionName = $"{own.CollectionName}_{name}";
            return options;
        };
    }
}
