using System.Buffers;
using System.Text.RegularExpressions;

namespace ServerSessions.Stores;

/// <summary>
/// Checks a text that should be a path. By mistake it may be something else that contains a password; then it is refused or used without
/// being shown.
/// </summary>
internal static partial class PathText
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./\\ ";

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(Plain);

    /// <summary>Removes line breaks at the end, as files of mounted secrets have.</summary>
    public static string WithoutLineBreak(string text) => text.TrimEnd('\r', '\n');

    /// <summary>Returns the path of a URL <c>scheme:PATH</c> or <c>scheme:///PATH</c>. The path is not percent-decoded.</summary>
    /// <param name="url">The URL. A line break at its end is ignored.</param>
    /// <param name="scheme">The scheme, with its colon.</param>
    /// <returns>The path; empty if it is missing or follows a host; <see langword="null"/> if the scheme is another.</returns>
    public static string? OfUrl(string url, string scheme)
    {
        if (!url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var path = WithoutLineBreak(url[scheme.Length..]);
        if (!path.StartsWith("//", StringComparison.Ordinal))
        {
            return path;
        }

        // A local path has no host, so only an empty host is valid.
        return path.StartsWith("///", StringComparison.Ordinal) ? path[2..] : "";
    }

    /// <summary>Returns why a text is not a path, as the end of a sentence; <see langword="null"/> if it may be one.</summary>
    public static string? Problem(string path) =>
        path.AsSpan().ContainsAny('\r', '\n') ? "holds a line break. Give the path on one line."
        : Url().IsMatch(path) ? "is a URL and not a path. Give a path, or use the store that the URL belongs to."
        : ConnectionString().IsMatch(path)
            ? "holds a semicolon and an equals sign, as a connection string does, but is not one of this store. Give a path."
        : null;

    /// <summary>
    /// Returns a path for messages: the full path if it consists of letters, digits and usual path characters; otherwise no part of it,
    /// since it may contain a password.
    /// </summary>
    /// <param name="given">The path as configured.</param>
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
                return "(not shown: it holds other characters than letters, digits, '-', '_', '.', '/' and spaces, and may not "
                    + "be a path)";
            }
        }

        return full;
    }

    [GeneratedRegex("^\\s*[\"']?[A-Za-z][A-Za-z0-9+.-]*://")]
    private static partial Regex Url();

    // A semicolon and an equals sign. A file name may hold one of the two.
    [GeneratedRegex(";[^;/\\\\]*=")]
    private static partial Regex ConnectionString();
}
