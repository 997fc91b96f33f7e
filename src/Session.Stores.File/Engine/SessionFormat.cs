using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// The bytes of a file: the session with <c>"__lastAccess":&lt;milliseconds since 1970&gt;</c> as its last member, as session-file-store
/// writes it. In files with a hashed name the id stands before that, as <c>"__sid"</c>. What was put in is cut out again byte for byte.
/// </summary>
internal static class SessionFormat
{
    private const string LastAccess = "__lastAccess";

    private static ReadOnlySpan<byte> LastAccessMember => ",\"__lastAccess\":"u8;

    private static ReadOnlySpan<byte> SidMember => ",\"__sid\":\""u8;

    /// <summary>
    /// Takes a payload apart for storing. The name <c>__lastAccess</c> belongs to the format: a key of that name is left out, as in Node it
    /// is overwritten.
    /// </summary>
    /// <exception cref="SessionPayloadException">It is no session.</exception>
    public static (ReadOnlyMemory<byte> Payload, SessionDocument Document) ForStoring(ReadOnlyMemory<byte> payload)
    {
        var document = SessionDocument.Parse(payload);
        return document.Remove(LastAccess) ? (document.ToPayload(), document) : (payload, document);
    }

    /// <summary>Makes the bytes of a file.</summary>
    /// <param name="payload">From <see cref="ForStoring"/>.</param>
    /// <param name="sid">The id, where it is to stand inside.</param>
    /// <param name="lastAccess">The value of <c>__lastAccess</c>.</param>
    public static byte[] Write(ReadOnlySpan<byte> payload, string? sid, long lastAccess)
    {
        // It is an object with at least one member, so a comma is right.
        var brace = payload.LastIndexOf((byte)'}');
        var number = Encoding.ASCII.GetBytes(lastAccess.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return sid is null
            ? [.. payload[..brace], .. LastAccessMember, .. number, .. payload[brace..]]
            :
            [
                .. payload[..brace],
                .. SidMember,
                .. JsonEncodedText.Encode(sid, SessionJson.Encoder).EncodedUtf8Bytes,
                (byte)'"',
                .. LastAccessMember,
                .. number,
                .. payload[brace..],
            ];
    }

    /// <summary>Takes the bytes of a file apart.</summary>
    /// <param name="file">The bytes, which are changed: the payload becomes a part of them.</param>
    /// <param name="holdsSid">Whether the id stands inside.</param>
    /// <param name="sid">The id, where it stands inside.</param>
    /// <param name="lastAccess">The value of <c>__lastAccess</c>; <see langword="null"/> where there is no such number.</param>
    /// <exception cref="SessionPayloadException">It is no session.</exception>
    /// <exception cref="UnreadableFileException">The id does not stand where it should.</exception>
    public static (ReadOnlyMemory<byte> Payload, SessionDocument Document) Read(
        byte[] file,
        bool holdsSid,
        out string? sid,
        out double? lastAccess
    )
    {
        sid = null;
        lastAccess = null;
        var payload = file.AsMemory();
        if (TryFindEnd(payload.Span, out var end, out var number))
        {
            lastAccess = number;
            payload = CutOut(payload, holdsSid ? FindSid(payload.Span[..end], out sid) : end);
        }

        if (holdsSid && sid is null)
        {
            throw new UnreadableFileException("its name is that of an id that stands inside, and there is none");
        }

        var document = SessionDocument.Parse(payload);
        if (!document.TryGetJson(LastAccess, out var json))
        {
            return (payload, document);
        }

        // Node keeps a member in its place, so after its second save it may stand anywhere.
        lastAccess ??= Utf8Parser.TryParse(json.Span, out double value, out var length) && length == json.Length ? value : null;
        document.Remove(LastAccess);

        // Taken apart once more: what the document holds is to be a part of the payload, and that is another one now.
        payload = document.ToPayload();
        return (payload, SessionDocument.Parse(payload));
    }

    /// <summary>The payload with another cookie, and every other byte as it was.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="document">What it was taken apart into.</param>
    /// <param name="cookie">The JSON of the other cookie.</param>
    public static byte[] WithCookie(ReadOnlyMemory<byte> payload, SessionDocument document, ReadOnlySpan<byte> cookie)
    {
        var bytes = payload.Span;
        var old = document.CookieJson.Span;
        if (!bytes.Overlaps(old, out var start))
        {
            throw new ArgumentException("It is not what the payload was taken apart into.", nameof(document));
        }

        return [.. bytes[..start], .. cookie, .. bytes[(start + old.Length)..]];
    }

    /// <summary>
    /// Finds <c>,"__lastAccess":123}</c> at the end. A quote inside a string is escaped, so what looks like this is this.
    /// </summary>
    private static bool TryFindEnd(ReadOnlySpan<byte> file, out int start, out double number)
    {
        start = 0;
        number = 0;
        var brace = file.LastIndexOf((byte)'}');
        if (brace < 0)
        {
            return false;
        }

        var digits = brace - 1;
        while (digits >= 0 && file[digits] is (>= (byte)'0' and <= (byte)'9') or (byte)'-')
        {
            digits--;
        }

        start = digits + 1 - LastAccessMember.Length;
        if (
            start < 0
            || !file[start..(digits + 1)].SequenceEqual(LastAccessMember)
            || !Utf8Parser.TryParse(file[(digits + 1)..brace], out long whole, out var length)
            || length != brace - digits - 1
        )
        {
            return false;
        }

        number = whole;
        return true;
    }

    private static int FindSid(ReadOnlySpan<byte> head, out string? sid)
    {
        sid = null;
        var start = head.LastIndexOf(SidMember);
        if (start < 0 || head[^1] != '"')
        {
            return head.Length;
        }

        sid = SessionJson.DecodeString(head[(start + SidMember.Length - 1)..]);
        return start;
    }

    /// <summary>Without what stands between a place and the last brace.</summary>
    private static Memory<byte> CutOut(Memory<byte> file, int start)
    {
        var tail = file[file.Span.LastIndexOf((byte)'}')..];
        tail.CopyTo(file[start..]);
        return file[..(start + tail.Length)];
    }
}
