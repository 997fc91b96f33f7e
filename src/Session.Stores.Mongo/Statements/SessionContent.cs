using System.Text.Unicode;
using MongoDB.Bson;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Writes a payload to the field <c>session</c> in the configured format, and reads either format.</summary>
internal sealed class SessionContent(MongoSessionFormat format)
{
    /// <summary>The limit of a MongoDB document, less the other fields (the id has at most 1.5 KB).</summary>
    private const int MaxBytes = (16 * 1024 * 1024) - 4096;

    // The BSON is at most a few times as long as the payload, so a shorter payload need not be measured.
    private const int CertainlyFits = 1024 * 1024;

    /// <summary>Returns the value of the field for a payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="token">The token of the replaced record: values that have not changed keep their type at rest.</param>
    /// <exception cref="SessionPayloadException">The format requires a session, and the payload is none.</exception>
    /// <exception cref="UnwritableSessionException">The payload cannot be stored. The message says why.</exception>
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

    /// <summary>Returns the condition under which the field has the content of a record.</summary>
    /// <exception cref="UnwritableSessionException">The content is too large to compare.</exception>
    public BsonDocument EqualTo(SessionRecord record)
    {
        // The whole statement, with the new content, must fit into one document.
        if (record.Payload.Length > MaxBytes / 2)
        {
            throw new UnwritableSessionException(
                "sessions of more than 8 MB cannot be compared: a MongoDB statement has at most 16 MB"
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

        // A record that the caller built has no token: it may be at rest as a string or as a document.
        var forms = new BsonArray { ToText(record.Payload) };
        try
        {
            forms.Add(JsonToBson.Convert(record.Payload));
        }
        catch (Exception error) when (error is SessionPayloadException or UnwritableSessionException)
        {
            // Then it can only be at rest as a string.
        }

        return new BsonDocument("$in", forms);
    }

    /// <summary>Returns the payload of the field, and the token for its record.</summary>
    /// <exception cref="UnreadableSessionException">The field holds no payload.</exception>
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
                throw new UnreadableSessionException("its field 'session' is neither a string nor a document");
        }
    }

    /// <summary>Returns a BSON string, or binary if the bytes are not UTF-8.</summary>
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
