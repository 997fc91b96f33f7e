using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>
/// Computes the identifier of a session that may be logged and compared: 128 bits of the SHA-256 of a domain tag and the session id, as the
/// text of a GUID. It opens nothing, and changes if the session gets a new id.
/// </summary>
internal static class PublicSessionId
{
    private const int Length = 16;

    private static ReadOnlySpan<byte> Tag => "session-public-id-v1\0"u8;

    public static string Of(string sid)
    {
        Span<byte> input = stackalloc byte[Tag.Length + (Sid.MaxLength * 3)];
        Tag.CopyTo(input);
        var length = Tag.Length + Encoding.UTF8.GetBytes(sid, input[Tag.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return new Guid(hash[..Length]).ToString();
    }
}
