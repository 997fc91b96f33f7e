using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// The parts of a <c>file:</c> URI (sqlite.org/uri.html) that must be known before the file is opened.
/// </summary>
/// <param name="Text">The URI for SQLite, without <c>mode</c>: SQLite prefers it to the mode of the connection, and a reader must not
/// create the file.</param>
/// <param name="Path">The decoded path; empty for a temporary database.</param>
/// <param name="Mode">The value of <c>mode</c>; empty if there is none.</param>
/// <param name="Cache">The value of <c>cache</c>; empty if there is none.</param>
internal sealed record SqliteUri(string Text, string Path, string Mode, string Cache)
{
    private const string Scheme = "file:";

    /// <summary>Whether <c>immutable</c> is on: SQLite then opens the file read-only and without locks.</summary>
    public bool IsImmutable { get; private init; }

    /// <summary>Whether <c>nolock</c> is on: SQLite then takes no file locks and has no write-ahead log.</summary>
    public bool HasNoLocks { get; private init; }

    public static bool IsUri(string dataSource) => dataSource.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses a URI.</summary>
    /// <param name="text">A text that starts with <c>file:</c>.</param>
    /// <param name="uri">The parts.</param>
    /// <param name="error">The end of an error sentence, without any part of the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SqliteUri? uri, [NotNullWhen(false)] out string? error)
    {
        (uri, error) = (null, null);
        var rest = Before(text[Scheme.Length..], '#');
        var start = Before(rest, '?');
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var end = rest.IndexOf('/', 2);
            var host = end < 0 ? rest[2..] : rest[2..end];
            if (host.Length > 0 && host != "localhost")
            {
                error = "is a 'file:' URI with a host. Write 'file:' and a path, or 'file:///' and an absolute path.";
                return false;
            }

            rest = end < 0 ? "" : rest[end..];
        }

        var path = Decode(Before(rest, '?'));
        var query = rest.Length > Before(rest, '?').Length ? rest[(Before(rest, '?').Length + 1)..] : "";
        var values = query
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static part =>
                (
                    Text: part,
                    Name: Decode(Before(part, '=')),
                    Value: part.Contains('=', StringComparison.Ordinal)
                        ? Decode(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..])
                        : ""
                )
            )
            .ToList();
        if (path is null || values.Exists(static value => value.Name is null || value.Value is null))
        {
            error = "is a 'file:' URI with a '%' without two hexadecimal digits after it, or with '%00'. Write '%25' for a percent sign.";
            return false;
        }

        // SQLite uses the last of repeated 'mode' and 'cache' parameters, and the first of all others.
        string? Value(string name) => values.FindLast(value => value.Name == name).Value;
        var mode = Value("mode");
        if (mode is not (null or "rw" or "rwc" or "ro" or "memory"))
        {
            error = "is a 'file:' URI with a mode that is none of SQLite's. Write 'mode=rwc' or 'mode=rw', or remove it.";
            return false;
        }

        // SQLite recognizes the scheme only in lower case; otherwise the whole text would be a file name.
        var kept = values.Where(value => mode == "memory" || value.Name != "mode").Select(static value => value.Text).ToList();
        bool IsOn(string name) => IsTrue(values.Find(value => value.Name == name).Value ?? "");
        uri = new SqliteUri(Scheme + start + (kept.Count == 0 ? "" : "?" + string.Join('&', kept)), path, mode ?? "", Value("cache") ?? "")
        {
            IsImmutable = IsOn("immutable"),
            HasNoLocks = IsOn("nolock"),
        };
        return true;
    }

    /// <summary>Whether SQLite's <c>sqlite3_uri_boolean</c> reads a value as true.</summary>
    private static bool IsTrue(string value) =>
        value.ToUpperInvariant() is "ON" or "YES" or "TRUE" || value.TakeWhile(char.IsAsciiDigit).Any(static digit => digit != '0');

    private static string Before(string text, char end) =>
        text.IndexOf(end, StringComparison.Ordinal) is >= 0 and var found ? text[..found] : text;

    private static string? Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, length));
                i += length - 1;
                continue;
            }

            if (
                i + 2 >= text.Length
                || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                || value == 0
            )
            {
                return null;
            }

            bytes.Add(value);
            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
