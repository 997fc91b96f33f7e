using System.Text;

namespace ServerSessions.Testing;

/// <summary>
/// Wrong connection strings and URLs, made from right ones by typos that move a password, or a part of it, into another field. A message, a
/// log line or an exception that comes of one of them must show no part of the password; <see cref="Leak"/> tells.
/// </summary>
/// <remarks>
/// The list is the same in each run. Nothing here knows a backend's syntax: every separator is damaged, every word replaced.
/// </remarks>
public static class ConnectionStringTypos
{
    /// <summary>Where the password stands in an example.</summary>
    public const string Place = "{password}";

    // Two words that no message has by chance, so that a text which shows one half of a password is found as well.
    private const string First = "xQ7vKkmWzz";
    private const string Second = "jBnqT8pLLr";

    // Shorter parts are found by chance.
    private const int ShortestPart = 5;

    private static readonly string[] Separators =
    [
        "@",
        ":",
        "/",
        "?",
        "#",
        ";",
        ",",
        "=",
        "&",
        "%",
        "+",
        " ",
        "'",
        "\"",
        "\\",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "|",
        "$",
        "!",
        "*",
        "~",
        "^",
        "`",
        "\u00e9",
        "\u2028",
    ];

    private static readonly string[] HalfEncoded = ["%", "%4", "%zz", "%00", "%40", "%2F", "%3a", "%C0%AF", "%E9", "%25", "%%"];

    /// <summary>Every typo in these examples.</summary>
    /// <param name="examples">Right strings of a backend, each with <see cref="Place"/> where its password stands.</param>
    /// <param name="named">
    /// Words of the examples that messages show on purpose, such as the host and the database. A password that stands there alone cannot be
    /// told from a name, so that typo is left out; one with a character that no name has can be, and is not.
    /// </param>
    /// <returns>The wrong strings, each once. Some of them are right by chance.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<string> examples, params IReadOnlyCollection<string> named)
    {
        var typos = new HashSet<string>(StringComparer.Ordinal);
        foreach (var example in examples)
        {
            typos.UnionWith(Passwords().Select(password => example.Replace(Place, password, StringComparison.Ordinal)));
            typos.UnionWith(Moved(example, named));
            // Without an '@': cut off at the second one it is a right URL for another host.
            foreach (var password in new[] { First, $"12/{Second}", $"12?{Second}", $"{First};{Second}", $"{First},{Second}" })
            {
                var whole = example.Replace(Place, password, StringComparison.Ordinal);
                typos.UnionWith(Damaged(whole));
                typos.UnionWith(Pasted(whole));
                typos.UnionWith(examples.SelectMany(other => Mixed(whole, other, password)));
            }
        }

        return [.. typos];
    }

    /// <summary>The part of a password that stands in a text, in any case; <see langword="null"/>: none.</summary>
    /// <param name="text">A message, a log line, or an exception with everything that it holds.</param>
    public static string? Leak(string text)
    {
        foreach (var word in new[] { First, Second })
        {
            for (var start = 0; start + ShortestPart <= word.Length; start++)
            {
                var part = word.Substring(start, ShortestPart);
                if (text.Contains(part, StringComparison.OrdinalIgnoreCase) || text.Contains(Hex(part), StringComparison.OrdinalIgnoreCase))
                {
                    return part;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Passwords with what should have been encoded or quoted, at their beginning, in their midst and at their end; after digits too, which
    /// pass for a port.
    /// </summary>
    private static IEnumerable<string> Passwords()
    {
        foreach (var separator in Separators.Concat(HalfEncoded))
        {
            yield return separator + First;
            yield return First + separator;
            yield return First + separator + Second;
            yield return "12" + separator + First;
            yield return $"{First}{separator}12{separator}{Second}";
            yield return $"{separator}{First}={Second}";
            yield return $"a{separator}{First}={Second}";
            yield return $"a={First}{separator}{Second}=1";
        }

        // After an '@', what looks like the host, the path and the parameters of a URL.
        foreach (var place in new[] { First, $"{First}:12", $"{First}/12", $"{First}:12/b" })
        {
            yield return $"a@{place}?{Second}=1";
            yield return $"a@{place}?b={Second}";
            yield return $"a@{place}?b=1&c={Second}";
        }
    }

    /// <summary>The password in place of every other word, alone and with a special character, changed for it or beside it.</summary>
    private static IEnumerable<string> Moved(string example, IReadOnlyCollection<string> named)
    {
        foreach (var (start, length) in Words(example))
        {
            var word = example.Substring(start, length);
            foreach (
                var password in named.Contains(word)
                    ? [$"{First}!", $"{First}${Second}"]
                    : new[] { First, $"{First}!", $"{First}/{Second}", $"{First};{Second}" }
            )
            {
                var moved = string.Concat(example.AsSpan(0, start), password, example.AsSpan(start + length));
                yield return moved.Replace(Place, word, StringComparison.Ordinal);
                yield return moved.Replace(Place, Second, StringComparison.Ordinal);
                yield return moved.Replace(Place, "", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Every separator left out, doubled, and taken for another; every word misspelt; the string ended early.</summary>
    private static IEnumerable<string> Damaged(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i]))
            {
                continue;
            }

            yield return text.Remove(i, 1);
            yield return text.Insert(i, text[i..(i + 1)]);
            yield return text[..i];
            yield return text[..(i + 1)];
            yield return text[i..];
            yield return text[(i + 1)..];
            foreach (var separator in Separators)
            {
                yield return text.Remove(i, 1).Insert(i, separator);
            }
        }

        foreach (var (start, length) in Words(text))
        {
            if (length > 1 && !text.AsSpan(start, length).ContainsAny([First[0], Second[0]]))
            {
                yield return text.Remove(start, 1);
                yield return text.Remove(start + length - 1, 1);
                yield return text.Remove(start, length);
                yield return text.Insert(start + 1, "_");
            }
        }
    }

    /// <summary>The string as it stands in files of settings, in a shell or in code.</summary>
    private static IEnumerable<string> Pasted(string text)
    {
        foreach (
            var name in new[]
            {
                "DATABASE_URL",
                "ConnectionStrings__ServerSessions",
                "export URL",
                "set URL",
                "ServerSessions:Store",
                "\"Session\"",
                "-e URL",
                "url",
            }
        )
        {
            yield return $"{name}={text}";
            yield return $"{name}: {text}";
            yield return $"{name}=\"{text}\"";
            yield return $"{name}='{text}'";
        }

        foreach (
            var (before, after) in new[]
            {
                ("\"", "\""),
                ("'", "'"),
                ("<", ">"),
                ("$(", ")"),
                ("${", "}"),
                ("{\"url\":\"", "\"}"),
                (" ", " "),
                ("\n", "\n"),
                ("\ufeff", ""),
                ("\"", ""),
                ("", ";"),
                ("", ","),
            }
        )
        {
            yield return before + text + after;
        }
    }

    /// <summary>One string inside another, and one form written as the other.</summary>
    private static IEnumerable<string> Mixed(string text, string other, string password)
    {
        yield return other.Replace(Place, text, StringComparison.Ordinal);
        yield return other.Replace(Place, Uri.EscapeDataString(text), StringComparison.Ordinal);
        yield return text + other.Replace(Place, password, StringComparison.Ordinal);
        yield return $"{text} {other.Replace(Place, password, StringComparison.Ordinal)}";
        foreach (
            var start in new[]
            {
                "Host=",
                "Server=",
                "Data Source=",
                "Password=",
                "http://",
                "https://",
                "tcp://",
                "//",
                "jdbc:",
                "x://",
                "x:",
            }
        )
        {
            yield return start + text;
        }

        if (other.IndexOf("://", StringComparison.Ordinal) is > 0 and var end)
        {
            yield return other[..(end + 3)] + text;
            yield return other[..end] + text;
            yield return other[..1] + text;
        }
    }

    private static List<(int Start, int Length)> Words(string text)
    {
        var words = new List<(int, int)>();
        for (var i = 0; i < text.Length;)
        {
            if (text.AsSpan(i).StartsWith(Place, StringComparison.Ordinal))
            {
                i += Place.Length;
                continue;
            }

            var start = i;
            while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '.' or '_' or '-'))
            {
                i++;
            }

            if (i > start)
            {
                words.Add((start, i - start));
            }
            else
            {
                i++;
            }
        }

        return words;
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
