using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions;

/// <summary>Validates session ids, and computes fingerprints that identify a session without disclosing its id.</summary>
public static class Sid
{
    /// <summary>The longest sid: 512 UTF-16 characters. An id made by this library has 32.</summary>
    public const int MaxLength = 512;

    /// <summary>
    /// Whether a string can be a sid: 1 to <see cref="MaxLength"/> characters, well-formed UTF-16, no NUL. Two ids with lone surrogates
    /// could become one in a backend that stores UTF-8; some backends cannot hold NUL.
    /// </summary>
    /// <param name="sid">The candidate. <see langword="null"/> is not a sid.</param>
    /// <returns>Whether it can be a sid.</returns>
    public static bool IsValid(string? sid) => sid is { Length: > 0 and <= MaxLength } && !sid.Contains('\0') && IsWellFormed(sid);

    /// <summary>Throws if a string cannot be a sid. Stores call it first in every operation.</summary>
    /// <param name="sid">The candidate.</param>
    /// <param name="paramName">The name of the argument; the compiler fills it in.</param>
    /// <exception cref="ArgumentNullException">The sid is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The sid is empty, too long, not well-formed, or contains NUL. The message does not contain it.
    /// </exception>
    public static void ThrowIfInvalid(string sid, [CallerArgumentExpression(nameof(sid))] string? paramName = null)
    {
        ArgumentNullException.ThrowIfNull(sid, paramName);
        if (!IsValid(sid))
        {
            throw new ArgumentException(
                $"A session id must have 1 to {MaxLength} characters, be well-formed UTF-16 and contain no NUL.",
                paramName
            );
        }
    }

    /// <summary>
    /// Returns a short name of a session for debug logs and pages: the first 8 hexadecimal digits of the SHA-256 of the id's UTF-8 bytes.
    /// It distinguishes sessions, and does not disclose the id.
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
