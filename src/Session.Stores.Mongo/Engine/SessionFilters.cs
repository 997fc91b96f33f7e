using System.Buffers;
using System.Text;
using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>
/// The store's filters. Built of typed values under <c>$eq</c> and its like, so that no text of a caller's is ever read as a filter: a
/// string converts to one silently in this driver, and a value that starts with <c>$</c> is an operator unless it stands under one.
/// </summary>
internal static class SessionFilters
{
    public const string Id = "_id";
    public const string Session = "session";
    public const string Expires = "expires";
    public const string LastModified = "lastModified";

    /// <summary>
    /// Sids are texts; documents with ids of other types are no sessions of this store. Greater than the empty text are all texts, and
    /// nothing else.
    /// </summary>
    private static readonly BsonDocument AnySid = new("$gt", "");

    public static BsonDocument IsSid(string sid) => new(Id, new BsonDocument("$eq", new BsonString(sid)));

    /// <summary>A live session: connect-mongo's condition. A document without an expiry lives.</summary>
    public static BsonDocument Alive(string sid, BsonDateTime now) => AddAlive(IsSid(sid), now);

    public static BsonDocument Alive(BsonDateTime now) => AddAlive(new BsonDocument(Id, AnySid), now);

    public static BsonDocument AliveAfter(string sid, BsonDateTime now) =>
        AddAlive(new BsonDocument(Id, new BsonDocument("$gt", new BsonString(sid))), now);

    public static BsonDocument AliveAndEqual(string sid, BsonDateTime now, BsonDocument content) => Alive(sid, now).Add(Session, content);

    /// <summary>
    /// A live session that is at rest as a text with this beginning; empty: any live session. MongoDB compares texts by their UTF-8 bytes,
    /// so those with one beginning are a range; documents and binaries are in no range of texts.
    /// </summary>
    public static BsonDocument AliveAndBeginning(string sid, BsonDateTime now, string prefix)
    {
        var filter = Alive(sid, now);
        if (prefix.Length == 0)
        {
            return filter;
        }

        var range = new BsonDocument("$gte", new BsonString(prefix));
        if (Beyond(prefix) is { } end)
        {
            range.Add("$lt", new BsonString(end));
        }

        return filter.Add(Session, range);
    }

    /// <summary>What <see cref="Alive(BsonDateTime)"/> does not find: also an expiry that is no date.</summary>
    public static BsonDocument Dead(BsonDateTime now) =>
        new(Expires, new BsonDocument { { "$exists", true }, { "$not", new BsonDocument("$gt", now) } });

    public static BsonDocument Dead(string sid, BsonDateTime now) => IsSid(sid).AddRange(Dead(now));

    public static BsonDocument Among(IEnumerable<BsonValue> ids) => new(Id, new BsonDocument("$in", new BsonArray(ids)));

    /// <summary>
    /// The least text that is greater than all with this beginning; <see langword="null"/> where there is none, after the last characters
    /// of Unicode.
    /// </summary>
    private static string? Beyond(ReadOnlySpan<char> prefix)
    {
        while (Rune.DecodeLastFromUtf16(prefix, out var last, out var length) == OperationStatus.Done)
        {
            prefix = prefix[..^length];
            if (last.Value < 0x10FFFF)
            {
                // Surrogates are no characters.
                return string.Concat(prefix, new Rune(last.Value == 0xD7FF ? 0xE000 : last.Value + 1).ToString());
            }
        }

        return null;
    }

    private static BsonDocument AddAlive(BsonDocument filter, BsonDateTime now) =>
        filter.Add(
            "$or",
            new BsonArray
            {
                new BsonDocument(Expires, new BsonDocument("$exists", false)),
                new BsonDocument(Expires, new BsonDocument("$gt", now)),
            }
        );
}
