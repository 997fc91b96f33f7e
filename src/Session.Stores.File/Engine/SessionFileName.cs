using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// The name of a session's file. An id of letters, digits, hyphens and underscores is its own name, as session-file-store has it; any other
/// gets <c>~</c> and the SHA-256 of its UTF-8, and stands inside the file. No id of the first kind starts with <c>~</c>, so the two never
/// meet.
/// </summary>
internal static class SessionFileName
{
    public const string Extension = ".json";

    /// <summary>
    /// Longer ids are hashed: with what is appended when a file is set aside the name stays below the 255 bytes of most file systems.
    /// </summary>
    private const int MaxPlainLength = 200;

    /// <summary>What express-session makes: 24 bytes in base64url.</summary>
    private const int NodeSidLength = 32;

    private const char HashMark = '~';
    private const int HashLength = SHA256.HashSizeInBytes * 2;

    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The name of the file.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="foldsCase">
    /// Whether the folder takes <c>A</c> and <c>a</c> for one name. Then ids with capitals are hashed as well, save those made as
    /// express-session makes them: of 192 random bits, no two differ by case alone.
    /// </param>
    public static string Of(string sid, bool foldsCase) => IsPlain(sid, foldsCase) ? sid + Extension : Hashed(sid);

    /// <summary>Whether a name can be that of a session's file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="foldsCase">As in <see cref="Of"/>.</param>
    /// <param name="sid">The session id, or <see langword="null"/> where it stands inside the file.</param>
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

    /// <summary>Whether a name is one made of a hash, so that the id stands inside the file.</summary>
    public static bool IsHashed(ReadOnlySpan<char> name) =>
        name.Length >= HashLength + 1
        && name[0] == HashMark
        && !name.Slice(1, HashLength).ContainsAnyExcept(LowerHex)
        && (name.Length == HashLength + 1 || name[(HashLength + 1)..] is Extension);

    /// <summary>The hash that a name is made of.</summary>
    public static byte[] HashIn(ReadOnlySpan<char> name) => Convert.FromHexString(name.Slice(1, HashLength));

    private static string Hashed(string sid) =>
        HashMark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sid))) + Extension;

    private static bool IsPlain([NotNullWhen(true)] string? sid, bool foldsCase) =>
        sid is { Length: > 0 and <= MaxPlainLength }
        && !sid.AsSpan().ContainsAnyExcept(Safe)
        && !IsDevice(sid)
        && (!foldsCase || sid.Length == NodeSidLength || !sid.Any(char.IsAsciiLetterUpper));

    /// <summary>Names that Windows takes for a device, whatever the extension. Hashed everywhere, so that a folder can be moved.</summary>
    private static bool IsDevice(string sid) =>
        sid.ToUpperInvariant()
            is "CON"
                or "PRN"
                or "AUX"
                or "NUL"
                or ['C', 'O', 'M', >= '0' and <= '9']
                or ['L', 'P', 'T', >= '0' and <= '9'];
}
