using System.Globalization;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>
/// Converts a session's JSON to the sub-document that connect-mongo writes with <c>stringify: false</c>. Does not use the driver's parser,
/// which interprets <c>{"$date":…}</c>.
/// </summary>
internal static class JsonToBson
{
    // MongoDB and its driver allow 100 levels; the document and the statement around it take four.
    private const int MaxDepth = 96;

    // Above this, a Double (Node's number type) cannot represent every whole number.
    private const long MaxSafeInteger = (1L << 53) - 1;

    // The members of express-session's cookie object, in its order. connect-mongo writes all of them.
    private static readonly string[] CookieMembers =
    [
        "originalMaxAge",
        "partitioned",
        "priority",
        "expires",
        "secure",
        "httpOnly",
        "domain",
        "path",
        "sameSite",
    ];

    /// <exception cref="SessionPayloadException">The JSON is not a session.</exception>
    /// <exception cref="UnwritableSessionException">BSON cannot represent the session.</exception>
    public static BsonDocument Convert(ReadOnlyMemory<byte> payload)
    {
        // Checks the grammar and the cookie: what the reader refuses below is too deep. That bounds this recursion.
        SessionDocument.Parse(payload);
        var session = ReadSession(payload.Span);
        session[SessionDocument.CookieName] = ToCookie(session[SessionDocument.CookieName].AsBsonDocument);
        return session;
    }

    private static BsonDocument ReadSession(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            return ReadObject(ref reader, payload);
        }
        catch (JsonException)
        {
            throw new UnwritableSessionException($"it is nested deeper than {MaxDepth} levels, the limit of MongoDB documents");
        }
    }

    private static BsonValue ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, json),
            JsonTokenType.StartArray => ReadArray(ref reader, json),
            JsonTokenType.String => new BsonString(ReadText(ref reader, json)),
            JsonTokenType.Number => ReadNumber(ref reader),
            JsonTokenType.True => BsonBoolean.True,
            JsonTokenType.False => BsonBoolean.False,
            _ => BsonNull.Value,
        };

    private static BsonDocument ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var document = new BsonDocument();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadText(ref reader, json);
            if (name.Contains('\0', StringComparison.Ordinal))
            {
                throw new UnwritableSessionException("a name in it contains NUL, which BSON does not allow in names");
            }

            reader.Read();

            // A repeated name keeps its first place and its last value, as in JavaScript.
            document[name] = ReadValue(ref reader, json);
        }

        return document;
    }

    private static BsonArray ReadArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var array = new BsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            array.Add(ReadValue(ref reader, json));
        }

        return array;
    }

    private static string ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (!reader.ValueIsEscaped)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }

        // System.Text.Json throws on lone surrogates.
        var start = (int)reader.TokenStartIndex;
        var text = SessionJson.DecodeString(json.Slice(start, reader.ValueSpan.Length + 2))!;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                throw new UnwritableSessionException("a string in it contains half of a surrogate pair, which BSON does not allow");
            }

            rest = rest[length..];
        }

        return text;
    }

    /// <summary>
    /// Returns an Int32 if the number is whole and fits, otherwise a Double, as Node's driver does; but an Int64 for whole numbers that a
    /// Double would round.
    /// </summary>
    private static BsonValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole) && (whole != 0 || reader.ValueSpan[0] != '-'))
        {
            return whole switch
            {
                >= int.MinValue and <= int.MaxValue => new BsonInt32((int)whole),
                >= -MaxSafeInteger and <= MaxSafeInteger => new BsonDouble(whole),
                _ when WholeNumber.ShortestOf(whole) == whole => new BsonDouble(whole),
                _ => new BsonInt64(whole),
            };
        }

        var number = reader.GetDouble();
        return
            number is >= int.MinValue and <= int.MaxValue && number == Math.Truncate(number) && !(number == 0 && double.IsNegative(number))
            ? new BsonInt32((int)number)
            : new BsonDouble(number);
    }

    /// <summary>Returns all nine members (null if absent), then any others; the expiry as a date.</summary>
    private static BsonDocument ToCookie(BsonDocument cookie)
    {
        var converted = new BsonDocument();
        foreach (var name in CookieMembers)
        {
            converted.Add(name, cookie.GetValue(name, BsonNull.Value));
        }

        // A string without a year in front would get the date of the machine's clock.
        if (
            converted["expires"] is BsonString { Value: { Length: > 10 } text }
            && text[4] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
        )
        {
            converted["expires"] = BsonInstant.Now(expires);
        }

        foreach (var other in cookie.Where(member => !converted.Contains(member.Name)))
        {
            converted.Add(other);
        }

        return converted;
    }
}
