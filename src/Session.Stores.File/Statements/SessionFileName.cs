using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.File.Statements;

/// <summary>
/// Maps session ids to file names. An id of letters, digits, hyphens and underscores is the file name, as in session-file-store. Any other
/// id gets the name <c>~</c> and the SHA-256 of its UTF-8, and is stored in the file. The two kinds never collide, because a plain id
/// cannot contain <c>~</c>.
/// </summary>
internal static class SessionFileName
{
    public const string Extension = ".json";

    /// <summary>
    /// Longer ids are hashed, so that a name with the ending of a file set aside stays below the usual limit of 255 bytes.
    /// </summary>
    private const int MaxPlainLength = 200;

    /// <summary>The length of express-session's ids: 24 bytes in base64url.</summary>
    private const int NodeSidLength = 32;

    private const char HashMark = '~';
    private const int HashLength = SHA256.HashSizeInBytes * 2;

    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns the name of the file.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="foldsCase">
    /// Whether the folder is case-insensitive. Then ids with capitals are also hashed, except those of express-session's length: with 192
    /// random bits, no two differ only by case.
    /// </param>
    public static string Of(string sid, bool foldsCase) => IsPlain(sid, foldsCase) ? sid + Extension : Hashed(sid);

    /// <summary>Parses the name of a session's file; returns false if it is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="foldsCase">As in <see cref="Of"/>.</param>
    /// <param name="sid">The session id, or <see langword="null"/> if it is stored in the file.</param>
    public static bool TryParse(ReadOnlySpan<char> name, bool foldsCase, out string? sid)
    {
        sid = null;
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
        {
            return false;
        }

        var stem = name[..^Extension.Length];
        if (IsHashed(stem))
        {
            return true;
        }

        sid = stem.ToString();
        return IsPlain(sid, foldsCase);
    }

    /// <summary>Whether a name is a hash, so that the id is stored in the file.</summary>
    public static bool IsHashed(ReadOnlySpan<char> name) =>
        name.Length >= HashLength + 1
        && name[0] == HashMark
        && !name.Slice(1, HashLength).ContainsAnyExcept(LowerHex)
        && (name.Length == HashLength + 1 || name[(HashLength + 1)..] is Extension);

    /// <summary>Returns the hash in a name.</summary>
    public static byte[] HashIn(ReadOnlySpan<char> name) => Convert.FromHexString(name.Slice(1, HashLength));

    private static string Hashed(string sid) =>
        HashMark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sid))) + Extension;

    private static bool IsPlain([NotNullWhen(true)] string? sid, bool foldsCase) =>
        sid is { Length: > 0 and <= MaxPlainLength }
        && !sid.AsSpan().ContainsAnyExcept(Safe)
        && !IsDevice(sid)
        && (!foldsCase || sid.Length == NodeSidLength || !sid.Any(char.IsAsciiLetterUpper));

    /// <summary>Whether Windows treats a name with any extension as a device. Hashed on all systems, so that a folder can be
    /// moved.</summary>
    private static bool IsDevice(string sid) =>
        sid.ToUpperInvariant()
            is "CON"
                or "PRN"
                or "AUX"
                or "NUL"
                or ['C', 'O', 'M', >= '0' and <= '9']
                or ['L', 'P', 'T', >= '0' and <= '9'];
}
