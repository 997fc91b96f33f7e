using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>
/// Computes the store key of a session whose id must not be at rest: SHA-256 of the domain tag <c>session-sid-v1</c>, a zero byte and the
/// id in UTF-8, as 64 lower-case hexadecimal digits. Every backend accepts them, and no file system confuses them.
/// </summary>
internal static class SidHash
{
    private static ReadOnlySpan<byte> Tag => "session-sid-v1\0"u8;

    public static string Of(string sid)
    {
        Span<byte> input = stackalloc byte[Tag.Length + (Sid.MaxLength * 3)];
        Tag.CopyTo(input);
        var length = Tag.Length + Encoding.UTF8.GetBytes(sid, input[Tag.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return Convert.ToHexStringLower(hash);
    }
}
