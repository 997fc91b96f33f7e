using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Statements;

/// <summary>
/// Converts sessions to and from the bytes of a file: the session with <c>"__lastAccess":&lt;milliseconds since 1970&gt;</c> as its last
/// member, as session-file-store writes it. A file with a hashed name has the id before it, as <c>"__sid"</c>. A read removes both members
/// and preserves every other byte.
/// </summary>
internal static class SessionFormat
{
    private const string LastAccess = "__lastAccess";

    private static ReadOnlySpan<byte> LastAccessMember => ",\"__lastAccess\":"u8;

    private static ReadOnlySpan<byte> SidMember => ",\"__sid\":\""u8;

    /// <summary>
    /// Parses a payload for storing. A key <c>__lastAccess</c> is removed, because the name belongs to the format; Node overwrites it.
    /// </summary>
    /// <exception cref="SessionPayloadException">The payload is not a session.</exception>
    public static (ReadOnlyMemory<byte> Payload, SessionDocument Document) ForStoring(ReadOnlyMemory<byte> payload)
    {
        var document = SessionDocument.Parse(payload);
        return document.Remove(LastAccess) ? (document.ToPayload(), document) : (payload, document);
    }

    /// <summary>Returns the bytes of a file.</summary>
    /// <param name="payload">A payload from <see cref="ForStoring"/>.</param>
    /// <param name="sid">The id, if the file stores it; otherwise <see langword="null"/>.</param>
    /// <param name="lastAccess">The value of <c>__lastAccess</c>.</param>
    public static byte[] Write(ReadOnlySpan<byte> payload, string? sid, long lastAccess)
    {
        // The payload is an object with at least one member, so a comma is valid.
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

    /// <summary>Parses the bytes of a file.</summary>
    /// <param name="file">The bytes. They are changed: the payload becomes a part of them.</param>
    /// <param name="holdsSid">Whether the file stores the id.</param>
    /// <param name="sid">The id, if the file stores it.</param>
    /// <param name="lastAccess">The value of <c>__lastAccess</c>; <see langword="null"/> if it is absent or not a number.</param>
    /// <exception cref="SessionPayloadException">The content is not a session.</exception>
    /// <exception cref="UnreadableFileException">The id is missing.</exception>
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
            throw new UnreadableFileException("its name is a hash, and it stores no id");
        }

        var document = SessionDocument.Parse(payload);
        if (!document.TryGetJson(LastAccess, out var json))
        {
            return (payload, document);
        }

        // Node keeps members in place, so after its second save the member may be anywhere.
        lastAccess ??= Utf8Parser.TryParse(json.Span, out double value, out var length) && length == json.Length ? value : null;
        document.Remove(LastAccess);

        // Parsed again, because the document must refer to the new payload.
        payload = document.ToPayload();
        return (payload, SessionDocument.Parse(payload));
    }

    /// <summary>
    /// Finds <c>,"__lastAccess":123}</c> at the end. Quotes in strings are escaped, so a match cannot be part of a string.
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

    /// <summary>Removes the bytes from an offset to the last brace.</summary>
    private static Memory<byte> CutOut(Memory<byte> file, int start)
    {
        var tail = file[file.Span.LastIndexOf((byte)'}')..];
        tail.CopyTo(file[start..]);
        return file[..(start + tail.Length)];
    }
}
