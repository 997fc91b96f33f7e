using System.Text;
using System.Text.Json;

namespace ServerSessions.Payload;

/// <summary>Reads a cookie object that Node or another writer stored, as tolerantly as express-session's <c>createSession</c>.</summary>
internal static class CookieJsonReader
{
    // JavaScript's dates, in milliseconds from 1970, have a wider range than .NET's.
    private static readonly double MaxUnixMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static SessionCookie Read(ReadOnlySpan<byte> json, TimeProvider timeProvider)
    {
        if (CookieTemplate.Read(json, timeProvider) is { } like)
        {
            return like;
        }

        var cookie = ReadMembers(json, timeProvider);
        CookieTemplate.Keep(json, cookie);
        return cookie;
    }

    private static SessionCookie ReadMembers(ReadOnlySpan<byte> json, TimeProvider timeProvider)
    {
        // Both members are undefined until the JSON has them.
        var cookie = new SessionCookie(timeProvider)
        {
            RawExpires = new CookieExpires(null, CookieAbsence.Undefined),
            RawOriginalMaxAge = new CookieMaxAge(null, CookieAbsence.Undefined),
        };

        var reader = new Utf8JsonReader(json, SessionPayloadScanner.AnyDepth);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new SessionPayloadException(SessionPayloadError.NoCookie, 0);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, cookie);
            }

            // Only white space may follow the closing brace: this read throws on anything else.
            reader.Read();
        }
        catch (JsonException)
        {
            throw new SessionPayloadException(SessionPayloadError.Malformed, reader.BytesConsumed);
        }

        return cookie;
    }

    private static void ReadMember(ref Utf8JsonReader reader, SessionCookie cookie)
    {
        // The reader's own comparison throws on lone surrogates.
        var name = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonText.Unescape(reader.ValueSpan)) : reader.ValueSpan;
        if (name.SequenceEqual("originalMaxAge"u8))
        {
            reader.Read();
            cookie.RawOriginalMaxAge = ReadMaxAge(ref reader);
        }
        else if (name.SequenceEqual("expires"u8))
        {
            reader.Read();
            cookie.RawExpires = ReadExpires(ref reader);
        }
        else if (name.SequenceEqual("secure"u8))
        {
            cookie.Secure = ReadTruth(ref reader, cookie, CookieMembers.Secure);
        }
        else if (name.SequenceEqual("httpOnly"u8))
        {
            cookie.HttpOnly = ReadTruth(ref reader, cookie, CookieMembers.HttpOnly);
        }
        else if (name.SequenceEqual("partitioned"u8))
        {
            cookie.Partitioned = ReadTruth(ref reader, cookie, CookieMembers.Partitioned);
        }
        else if (name.SequenceEqual("path"u8))
        {
            cookie.Path = ReadText(ref reader, cookie, CookieMembers.Path) is { } path && CookieGrammar.IsPath(path) ? path : null;
        }
        else if (name.SequenceEqual("domain"u8))
        {
            cookie.Domain =
                ReadText(ref reader, cookie, CookieMembers.Domain) is { } domain && CookieGrammar.IsDomain(domain) ? domain : null;
        }
        else if (name.SequenceEqual("priority"u8))
        {
            cookie.Priority = ReadText(ref reader, cookie, CookieMembers.Priority) is { } priority
                ? CookieText.ParsePriority(priority)
                : null;
        }
        else if (name.SequenceEqual("sameSite"u8))
        {
            cookie.SameSite = ReadSameSite(ref reader, cookie);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static CookieMaxAge ReadMaxAge(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => CookieMaxAge.OfMilliseconds(reader.GetDouble()),
            JsonTokenType.Null => CookieMaxAge.Null,
            JsonTokenType.False => new CookieMaxAge(null, CookieAbsence.False),
            JsonTokenType.String when reader.ValueSpan.IsEmpty => new CookieMaxAge(null, CookieAbsence.Empty),
            _ => throw new SessionPayloadException(SessionPayloadError.InvalidCookie, reader.TokenStartIndex),
        };

    private static CookieExpires ReadExpires(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueSpan.IsEmpty:
                return new CookieExpires(null, CookieAbsence.Empty);
            case JsonTokenType.String:
                return CookieExpires.Of(CookieText.ParseInstant(JsonText.Unescape(reader.ValueSpan)));
            case JsonTokenType.Number when reader.GetDouble() == 0:
                return new CookieExpires(null, CookieAbsence.Zero);
            case JsonTokenType.Number:
                return CookieExpires.Of(
                    DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(reader.GetDouble(), 0, MaxUnixMilliseconds))
                );
            case JsonTokenType.False:
                return new CookieExpires(null, CookieAbsence.False);
            default:
                reader.Skip();
                return CookieExpires.Null;
        }
    }

    private static SessionSameSite? ReadSameSite(ref Utf8JsonReader reader, SessionCookie cookie)
    {
        var text = ReadText(ref reader, cookie, CookieMembers.SameSite);
        return reader.TokenType switch
        {
            JsonTokenType.True => SessionSameSite.True,
            JsonTokenType.False => SessionSameSite.Off,
            _ => string.IsNullOrEmpty(text) ? null : CookieText.ParseSameSite(text),
        };
    }

    /// <summary>Reads a boolean by JavaScript's rule for conditions: <c>"auto"</c>, which express-session can store, is true.</summary>
    private static bool? ReadTruth(ref Utf8JsonReader reader, SessionCookie cookie, CookieMembers member)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                cookie.WrittenAsNull |= member;
                return null;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String:
                return !reader.ValueSpan.IsEmpty;
            case JsonTokenType.Number:
                return reader.GetDouble() != 0;
            default:
                reader.Skip();
                return true;
        }
    }

    /// <summary>
    /// Reads a string, or <see langword="null"/> for any other type. Values that JavaScript treats as false are not sent. They are written
    /// back as null, because an absent member would read as its default.
    /// </summary>
    private static string? ReadText(ref Utf8JsonReader reader, SessionCookie cookie, CookieMembers member)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return JsonText.Unescape(reader.ValueSpan);
        }

        var isFalsy =
            reader.TokenType is JsonTokenType.Null or JsonTokenType.False
            || (reader.TokenType == JsonTokenType.Number && reader.GetDouble() == 0);
        cookie.WrittenAsNull |= isFalsy ? member : CookieMembers.None;
        reader.Skip();
        return null;
    }
}
