using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>What is common to session ids: which strings may be one, and how one is shown without giving it away.</summary>
public static class Sid
{
    /// <summary>The longest sid, in UTF-16 characters: 512. An id made by this library has 32.</summary>
    public const int MaxLength = 512;

    /// <summary>
    /// Whether a string may be a sid: 1 to <see cref="MaxLength"/> characters, well-formed UTF-16 (two ids with lone surrogates could
    /// become one in a backend that stores UTF-8), no NUL (some backends cannot hold it).
    /// </summary>
    /// <param name="sid">The candidate; <see langword="null"/> is none.</param>
    /// <returns>Whether it may be a sid.</returns>
    public static bool IsValid(string? sid) => sid is { Length: > 0 and <= MaxLength } && !sid.Contains('\0') && IsWellFormed(sid);

    /// <summary>Refuses a string that cannot be a sid. Stores call it first in every operation.</summary>
    /// <param name="sid">The candidate.</param>
    /// <param name="paramName">The name of the argument; the compiler fills it in.</param>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">It is empty, too long, not well-formed, or contains NUL. The message does not repeat
    /// it.</exception>
    public static void ThrowIfInvalid(string sid, [CallerArgumentExpression(nameof(sid))] string? paramName = null)
    {
        ArgumentNullException.ThrowIfNull(sid, paramName);
        if (!IsValid(sid))
        {
            throw new ArgumentException(
                $"A session id has 1 to {MaxLength} characters, is well-formed UTF-16 and contains no NUL.",
                paramName
            );
        }
    }

    /// <summary>
    /// A short name for a session in logs at debug level and on pages: the first 8 hexadecimal digits of the SHA-256 of the id's
    /// UTF-8 bytes. Tells sessions apart to the eye; does not lead back to an id.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <returns>Eight lower-case hexadecimal digits.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    public static string Fingerprint(string sid)
    {
        ThrowIfInvalid(sid);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sid), hash);
        return Convert.ToHexStringLower(hash[..4]);
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
