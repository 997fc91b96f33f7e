using System.Buffers;
using System.Text;
using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>
/// The store's filters. They use typed values under <c>$eq</c> and the like, so that no caller's string is read as a filter. This driver
/// silently converts a string to a filter, and reads a value that starts with <c>$</c> as an operator unless it is under one.
/// </summary>
internal static class SessionFilters
{
    public const string Id = "_id";
    public const string Session = "session";
    public const string Expires = "expires";
    public const string LastModified = "lastModified";

    /// <summary>
    /// Matches every sid. Sids are strings; documents with ids of other types are no sessions. All strings, and only strings, are greater
    /// than the empty string.
    /// </summary>
    private static readonly BsonDocument AnySid = new("$gt", "");

    public static BsonDocument IsSid(string sid) => new(Id, new BsonDocument("$eq", new BsonString(sid)));

    /// <summary>Matches a live session, as connect-mongo does. A document without an expiry is alive.</summary>
    public static BsonDocument Alive(string sid, BsonDateTime now) => AddAlive(IsSid(sid), now);

    public static BsonDocument Alive(BsonDateTime now) => AddAlive(new BsonDocument(Id, AnySid), now);

    public static BsonDocument AliveAfter(string sid, BsonDateTime now) =>
        AddAlive(new BsonDocument(Id, new BsonDocument("$gt", new BsonString(sid))), now);

    public static BsonDocument AliveAndEqual(string sid, BsonDateTime now, BsonDocument content) => Alive(sid, now).Add(Session, content);

    /// <summary>
    /// Matches a live session at rest as a string with this beginning; any live session if it is empty. MongoDB compares strings by their
    /// UTF-8 bytes, so strings with one beginning are a range. Documents and binaries are in no range of strings.
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

    /// <summary>Whether a document that is alive is matched by <see cref="AliveAndBeginning"/>.</summary>
    public static bool Begins(RawBsonDocument document, SessionRecord record, ReadOnlySpan<byte> prefix) =>
        prefix.IsEmpty || (document.GetValue(Session, BsonNull.Value).IsString && record.Payload.Span.StartsWith(prefix));

    /// <summary>Matches what <see cref="Alive(BsonDateTime)"/> does not, including an expiry that is not a date.</summary>
    public static BsonDocument Dead(BsonDateTime now) =>
        new(Expires, new BsonDocument { { "$exists", true }, { "$not", new BsonDocument("$gt", now) } });

    public static BsonDocument Dead(string sid, BsonDateTime now) => IsSid(sid).AddRange(Dead(now));

    public static BsonDocument Among(IEnumerable<BsonValue> ids) => new(Id, new BsonDocument("$in", new BsonArray(ids)));

    /// <summary>
    /// Returns the least string greater than all with this beginning; <see langword="null"/> if there is none, after the last characters of
    /// Unicode.
    /// </summary>
    private static string? Beyond(ReadOnlySpan<char> prefix)
    {
        while (Rune.DecodeLastFromUtf16(prefix, out var last, out var length) == OperationStatus.Done)
        {
            prefix = prefix[..^length];
            if (last.Value < 0x10FFFF)
            {
                // Skips the surrogates, which are no characters.
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
