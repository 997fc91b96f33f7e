using System.Text;
using System.Text.Unicode;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>Finds the keys of sessions: the prefix and the sid, as UTF-8.</summary>
internal sealed class RedisKeys(string prefix)
{
    private readonly int _prefixBytes = Encoding.UTF8.GetByteCount(prefix);

    /// <summary>The pattern of SCAN that matches keys under the prefix and no others.</summary>
    public string Pattern { get; } = Escape(prefix) + "*";

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
