using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// What SQLite makes of a <c>file:</c> URI (sqlite.org/uri.html), as far as it has to be known before the file is opened.
/// </summary>
/// <param name="Text">The URI as SQLite reads it, without <c>mode</c>: that would count more than how a connection is opened, and be
/// refused for one that must not make the file.</param>
/// <param name="Path">The path, decoded; empty for a database of its own that ends with the connection.</param>
/// <param name="Mode">The value of <c>mode</c>; empty if there is none.</param>
/// <param name="Cache">The value of <c>cache</c>; empty if there is none.</param>
internal sealed record SqliteUri(string Text, string Path, string Mode, string Cache)
{
    private const string Scheme = "file:";

    public static bool IsUri(string dataSource) => dataSource.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a URI apart.</summary>
    /// <param name="text">It starts with <c>file:</c>.</param>
    /// <param name="uri">The parts.</param>
    /// <param name="error">Why not, as the rest of a sentence, without a part of the text.</param>
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
                error = "is a 'file:' URI with a host. Give 'file:' and a path, or 'file:///' and an absolute one.";
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
            error = "is a 'file:' URI with a '%' that no two hexadecimal digits follow, or with '%00'. Write '%25' for a percent sign.";
            return false;
        }

        // Of one of these that comes twice SQLite takes the last.
        string? Value(string name) => values.FindLast(value => value.Name == name).Value;
        var mode = Value("mode");
        if (mode is not (null or "rw" or "rwc" or "ro" or "memory"))
        {
            error = "is a 'file:' URI with a mode that is none of SQLite's. Write 'mode=rwc' or 'mode=rw', or leave it out.";
            return false;
        }

        // SQLite knows the scheme in small letters only: otherwise the whole text would be the name of a file.
        var kept = values.Where(value => mode == "memory" || value.Name != "mode").Select(static value => value.Text).ToList();
        uri = new SqliteUri(Scheme + start + (kept.Count == 0 ? "" : "?" + string.Join('&', kept)), path, mode ?? "", Value("cache") ?? "");
        return true;
    }

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
