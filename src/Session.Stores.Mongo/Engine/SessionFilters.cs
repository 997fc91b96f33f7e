using MongoDB.Bson;

namespace Session.Stores.Mongo.Engine;

/// <summary>
/// The store's filters. Built of typed values under <c>$eq</c> and its like, so that no text of a caller's is ever read as a filter: a string converts to one silently
/// in this driver, and a value that starts with <c>$</c> is an operator unless it stands under one.
/// </summary>
internal static class SessionFilters
{
    public const string Id = "_id";
    public const string Session = "session";
    public const string Expires = "expires";
    public const string LastModified = "lastModified";

    /// <summary>Sids are texts; documents with ids of other types are no sessions of this store. Greater than the empty text are all texts, and nothing else.</summary>
    private static readonly BsonDocument AnySid = new("$gt", "");

    public static BsonDocument IsSid(string sid) => new(Id, new BsonDocument("$eq", new BsonString(sid)));

    /// <summary>A live session: connect-mongo's condition. A document without an expiry lives.</summary>
    public static BsonDocument Alive(string sid, BsonDateTime now) => AddAlive(IsSid(sid), now);

    public static BsonDocument Alive(BsonDateTime now) => AddAlive(new BsonDocument(Id, AnySid), now);

    public static BsonDocument AliveAfter(string sid, BsonDateTime now) => AddAlive(new BsonDocument(Id, new BsonDocument("$gt", new BsonString(sid))), now);

    public static BsonDocument AliveAndEqual(string sid, BsonDateTime now, BsonDocument content) => Alive(sid, now).Add(Session, content);

    /// <summary>What <see cref="Alive(BsonDateTime)"/> does not find: also an expiry that is no date.</summary>
    public static BsonDocument Dead(BsonDateTime now) => new(Expires, new BsonDocument
    {
        { "$exists", true }, { "$not", new BsonDocument("$gt", now) },
    });

    public static BsonDocument Dead(string sid, BsonDateTime now) => IsSid(sid).AddRange(Dead(now));

    public static BsonDocument Among(IEnumerable<BsonValue> ids) => new(Id, new BsonDocument("$in", new BsonArray(ids)));

    private static BsonDocument AddAlive(BsonDocument filter, BsonDateTime now) => filter.Add("$or", new BsonArray
    {
        new BsonDocument(Expires, new BsonDocument("$exists", false)),
        new BsonDocument(Expires, new BsonDocument("$gt", now)),
    });
}
