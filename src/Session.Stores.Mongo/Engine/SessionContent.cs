using System.Text.Unicode;
using MongoDB.Bson;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>The field <c>session</c>: how a payload is written in the format that was chosen, and read in either.</summary>
internal sealed class SessionContent(MongoSessionFormat format)
{
    /// <summary>What MongoDB stores in one document, without what stands there beside the session (the id has 1.5 KB at most).</summary>
    private const int MaxBytes = (16 * 1024 * 1024) - 4096;

    // BSON of a payload has a few times its length at the very most, so below this it need not be measured.
    private const int CertainlyFits = 1024 * 1024;

    /// <summary>The content of a payload as it is written.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="token">The token of the record that this one replaces: what has not changed keeps the type that it has at rest.</param>
    /// <exception cref="SessionPayloadException">The format needs a session, and it is none.</exception>
    /// <exception cref="UnwritableSessionException">It cannot be stored; the text says why.</exception>
    public BsonValue Write(ReadOnlyMemory<byte> payload, object? token)
    {
        if (payload.Length > MaxBytes)
        {
            throw TooLarge();
        }

        if (format == MongoSessionFormat.Text)
        {
            return ToText(payload);
        }

        var session = JsonToBson.Convert(payload);
        if (token is ContentAtRest { LosesTypes: true } atRest)
        {
            KeepTypes(session, atRest.Session);
        }

        return payload.Length > CertainlyFits && session.ToBson().Length > MaxBytes ? throw TooLarge() : session;
    }

    /// <summary>What the field must be equal to for its content to be that of a record.</summary>
    /// <exception cref="UnwritableSessionException">It is too large to be compared with.</exception>
    public BsonDocument EqualTo(SessionRecord record)
    {
        // The whole statement, with the new content, has to fit into a document.
        if (record.Payload.Length > MaxBytes / 2)
        {
            throw new UnwritableSessionException(
                "sessions of more than 8 MB cannot be compared with; with 16 MB a statement of MongoDB's is full"
            );
        }

        if (record.Token is ContentAtRest atRest)
        {
            return new BsonDocument("$eq", atRest.Session);
        }

        if (format == MongoSessionFormat.Text)
        {
            return new BsonDocument("$eq", ToText(record.Payload));
        }

        // A record that was stored has no token: it may have been read as text, or have been written as a document.
        var forms = new BsonArray { ToText(record.Payload) };
        try
        {
            forms.Add(JsonToBson.Convert(record.Payload));
        }
        catch (Exception error) when (error is SessionPayloadException or UnwritableSessionException)
        {
            // Then it is at rest as text, if at all.
        }

        return new BsonDocument("$in", forms);
    }

    /// <summary>The payload that a field holds, and the token for its record.</summary>
    /// <exception cref="UnreadableSessionException">It holds none.</exception>
    public static byte[] Read(BsonValue session, out object? token)
    {
        token = null;
        switch (session)
        {
            case BsonString text:
                return System.Text.Encoding.UTF8.GetBytes(text.Value);
            case BsonBinaryData binary:
                return binary.Bytes;
            case BsonDocument document:
                var payload = BsonToJson.Convert(document, out var losesTypes);
                token = new ContentAtRest(document, losesTypes);
                return payload;
            default:
                throw new UnreadableSessionException("its field 'session' is neither a text nor a document");
        }
    }

    /// <summary>A store holds any bytes; those that are no text cannot be a string of BSON's.</summary>
    private static BsonValue ToText(ReadOnlyMemory<byte> payload) =>
        Utf8.IsValid(payload.Span)
            ? new BsonString(System.Text.Encoding.UTF8.GetString(payload.Span))
            : new BsonBinaryData(payload.ToArray());

    private static void KeepTypes(BsonDocument session, BsonDocument atRest)
    {
        foreach (var name in session.Names.Where(name => name != SessionDocument.CookieName).ToArray())
        {
            if (atRest.TryGetValue(name, out var old) && BsonToJson.AreSame(old, session[name]))
            {
                session[name] = old;
            }
        }
    }

    private static UnwritableSessionException TooLarge() =>
        new("it is larger than the 16 MB that MongoDB stores in one document. Store less in it");
}
