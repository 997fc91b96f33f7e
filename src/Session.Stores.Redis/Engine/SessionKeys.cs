using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Converts between sids and keys: the prefix and the sid, as UTF-8.</summary>
internal sealed class SessionKeys(string prefix)
{
    private readonly int _prefixBytes = Encoding.UTF8.GetByteCount(prefix);

    public string Prefix => prefix;

    /// <summary>The pattern of SCAN that matches keys under the prefix and no others.</summary>
    public string Pattern { get; } = Escape(prefix) + "*";

    public RedisKey Key(string sid) => prefix + sid;

    /// <summary>Returns the sid of a key; <see langword="null"/> if the text after the prefix is not a sid.</summary>
    public string? Sid(ReadOnlySpan<byte> key)
    {
        if (key.Length < _prefixBytes)
        {
            // Not under the prefix: a proxy between here and the server has added it.
            return null;
        }

        var bytes = key[_prefixBytes..];
        if (!Utf8.IsValid(bytes))
        {
            return null;
        }

        var sid = Encoding.UTF8.GetString(bytes);
        return ServerSessions.Sid.IsValid(sid) ? sid : null;
    }

    /// <summary>Returns 16 bytes that identify a key in a listing.</summary>
    public static UInt128 Digest(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Escapes the special characters of Redis patterns with a backslash.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is '*' or '?' or '[' or ']' or '\\' or '^' or '-')
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
