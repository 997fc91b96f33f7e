using System.Buffers;
using System.Text.Json;

namespace ServerSessions.Payload;

/// <summary>Writes a cookie as JSON like express-session's <c>Cookie.data</c>: the same order of members, undefined ones omitted.</summary>
internal static class CookieJsonWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = SessionJson.Encoder, SkipValidation = true };

    // Each request that saves or touches writes a cookie, so each thread keeps the writer and its buffer. Without a domain and a long path,
    // the longest cookie has about 220 bytes.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static void Write(SessionCookie cookie, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        Write(cookie, writer);
        writer.Flush();
    }

    public static byte[] ToArray(SessionCookie cookie) => Borrow(cookie).ToArray();

    /// <summary>Returns the JSON in a buffer of this thread. The next call on this thread overwrites it.</summary>
    public static ReadOnlySpan<byte> Borrow(SessionCookie cookie)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(256);
        buffer.ResetWrittenCount();
        if (cookie.Template?.TryWrite(cookie.RawExpires, buffer) == true)
        {
            return buffer.WrittenSpan;
        }

        var writer = _writer ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        Write(cookie, writer);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private static void Write(SessionCookie cookie, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();

        if (cookie.RawOriginalMaxAge.Span is { } maxAge)
        {
            writer.WriteNumber("originalMaxAge"u8, maxAge.Ticks / TimeSpan.TicksPerMillisecond);
        }
        else
        {
            WriteAbsence(writer, "originalMaxAge"u8, cookie.RawOriginalMaxAge.Absence);
        }

        WriteBoolean(writer, "partitioned"u8, cookie.Partitioned, cookie, CookieMembers.Partitioned);
        WriteString(writer, "priority"u8, CookieText.ToJson(cookie.Priority), cookie, CookieMembers.Priority);

        if (cookie.RawExpires.Instant is { } expires)
        {
            CookieText.WriteInstant(writer, "expires"u8, expires);
        }
        else
        {
            WriteAbsence(writer, "expires"u8, cookie.RawExpires.Absence);
        }

        WriteBoolean(writer, "secure"u8, cookie.Secure, cookie, CookieMembers.Secure);
        WriteBoolean(writer, "httpOnly"u8, cookie.HttpOnly, cookie, CookieMembers.HttpOnly);
        WriteString(writer, "domain"u8, cookie.Domain, cookie, CookieMembers.Domain);
        WriteString(writer, "path"u8, cookie.Path, cookie, CookieMembers.Path);

        switch (cookie.SameSite)
        {
            case SessionSameSite.Off:
                writer.WriteBoolean("sameSite"u8, false);
                break;
            case SessionSameSite.True:
                writer.WriteBoolean("sameSite"u8, true);
                break;
            default:
                WriteString(writer, "sameSite"u8, CookieText.ToJson(cookie.SameSite), cookie, CookieMembers.SameSite);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteAbsence(Utf8JsonWriter writer, ReadOnlySpan<byte> name, CookieAbsence absence)
    {
        switch (absence)
        {
            case CookieAbsence.Null:
                writer.WriteNull(name);
                break;
            case CookieAbsence.False:
                writer.WriteBoolean(name, false);
                break;
            case CookieAbsence.Empty:
                writer.WriteString(name, ""u8);
                break;
            case CookieAbsence.Zero:
                writer.WriteNumber(name, 0);
                break;
        }
    }

    private static void WriteBoolean(
        Utf8JsonWriter writer,
        ReadOnlySpan<byte> name,
        bool? value,
        SessionCookie cookie,
        CookieMembers member
    )
    {
        if (value is { } set)
        {
            writer.WriteBoolean(name, set);
        }
        else if (cookie.WrittenAsNull.HasFlag(member))
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteString(
        Utf8JsonWriter writer,
        ReadOnlySpan<byte> name,
        string? value,
        SessionCookie cookie,
        CookieMembers member
    )
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
        else if (cookie.WrittenAsNull.HasFlag(member))
        {
            writer.WriteNull(name);
        }
    }
}
