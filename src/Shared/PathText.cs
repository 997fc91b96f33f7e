using System.Buffers;
using System.Text.RegularExpressions;

namespace ServerSessions.Stores;

/// <summary>
/// A text that should be the path of a file or a folder. It may be something else by mistake, with a password in it: then it is refused
/// without being repeated, or used and not shown.
/// </summary>
internal static partial class PathText
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./\\ ";

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(Plain);

    /// <summary>Without the line break that a file of a secret ends with.</summary>
    public static string WithoutLineBreak(string text) => text.TrimEnd('\r', '\n');

    /// <summary>Why a text is no path, as the rest of a sentence; <see langword="null"/> if it can be one.</summary>
    public static string? Problem(string path) =>
        path.AsSpan().ContainsAny('\r', '\n') ? "holds a line break. Give the path on one line."
        : Url().IsMatch(path) ? "is a URL, and not a path. Give a path, or the URL of the store that it belongs to."
        : ConnectionString().IsMatch(path)
            ? "holds a semicolon and an equals sign, as a connection string does, and is not one of this store."
        : null;

    /// <summary>
    /// A path for messages: the full path if it holds letters, digits and what is usual between them; no part of it otherwise, since that
    /// may be a password.
    /// </summary>
    /// <param name="given">As it was given.</param>
    /// <param name="full">The full path.</param>
    public static string Shown(string given, string full)
    {
        var rest = given.AsSpan();
        if (OperatingSystem.IsWindows() && rest.Length > 1 && char.IsAsciiLetter(rest[0]) && rest[1] == ':')
        {
            rest = rest[2..];
        }

        foreach (var character in rest)
        {
            if (!PlainCharacters.Contains(character) && !char.IsLetter(character))
            {
                return "(not shown: it holds other characters than letters, digits, '-', '_', '.', '/' and spaces, and may be "
                    + "something else than a path)";
            }
        }

        return full;
    }

    [GeneratedRegex("^\\s*[\"']?[A-Za-z][A-Za-z0-9+.-]*://")]
    private static partial Regex Url();

    // A value after a semicolon. A file name may hold one of the two.
    [GeneratedRegex(";[^;/\\\\]*=")]
    private static partial Regex ConnectionString();
}
