using System.Text;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>Cookie headers by a seed: signed ones, ones that nearly are, and noise.</summary>
internal static class CookieTexts
{
    private const string Name = SessionCookieOptions.DefaultName;

    private static readonly string[] Sids =
    [
        "AbCdEfGhIjKlMnOpQrStUvWxYz012345",
        "a",
        "a.b",
        "..",
        "é✓ключ",
        "x;y",
        "%41",
        "q\"uote",
        " spaces ",
        "s:a",
        new('x', Sid.MaxLength),
        new('€', 300),
        new('x', Sid.MaxLength + 1),
        "nul\0",
    ];

    // Signing them again for each header would be most of the work.
    private static readonly string[] Values =
    [
        .. Sids.Select(static sid => SignedCookie.ValueOf(sid)),
        SignedCookie.ValueOf("other", "a secret that is not ours, but as long"),
    ];

    private static readonly string[] Names =
    [
        Name,
        Name,
        Name,
        Name,
        "connect.sid ",
        "Connect.sid",
        "connect%2Esid",
        "connect.si",
        "theme",
        "",
        "\"connect.sid\"",
        "\tconnect.sid",
    ];
    private static readonly string[] Separators = ["; ", "; ", ";", " ; ", ", ", "", ";;", "=;", "\t;\t"];

    /// <summary>One to three headers.</summary>
    public static string[] New(Random random)
    {
        var headers = new string[random.Next(1, 4)];
        for (var i = 0; i < headers.Length; i++)
        {
            var header = new StringBuilder();
            for (var pieces = random.Next(4); pieces > 0; pieces--)
            {
                header.Append(Piece(random)).Append(Separators[random.Next(Separators.Length)]);
            }

            headers[i] = header.ToString();
        }

        return headers;
    }

    private static string Piece(Random random)
    {
        var name = Names[random.Next(Names.Length)];
        var value = Values[random.Next(Values.Length)];
        return random.Next(9) switch
        {
            0 or 1 => $"{name}={Uri.EscapeDataString(value)}",
            2 => $"{name}={value}",
            3 => $"{name}=\"{Uri.EscapeDataString(value)}\"",
            4 => Mutate($"{name}={Uri.EscapeDataString(value)}", random),
            5 => $"{name}={Mutate(value, random)}",
            6 => $"{name}={EscapeSome(value, random)}",
            7 => $"{name}={Escapes(random)}",
            _ => Noise(random),
        };
    }

    private static string Mutate(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var changes = random.Next(1, 4); changes > 0 && mutated.Length > 0; changes--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] = (char)(mutated[at] ^ (1 << random.Next(7)));
                    break;
                case 1:
                    mutated.Remove(at, 1);
                    break;
                case 2:
                    mutated.Insert(at, Character(random));
                    break;
                case 3:
                    mutated.Length = at;
                    break;
                case 4:
                    mutated.Remove(0, at);
                    break;
                default:
                    mutated.Insert(at, mutated.ToString(at, Math.Min(random.Next(8), mutated.Length - at)));
                    break;
            }
        }

        return mutated.ToString();
    }

    /// <summary>As another encoder might have written it: any byte may be an escape, in either case.</summary>
    private static string EscapeSome(string text, Random random)
    {
        var escaped = new StringBuilder();
        foreach (var utf8 in Encoding.UTF8.GetBytes(text))
        {
            if (utf8 >= 0x80 || random.Next(3) == 0 || utf8 is (byte)'%' or (byte)';')
            {
                escaped.Append('%').Append(random.Next(2) == 0 ? $"{utf8:x2}" : $"{utf8:X2}");
            }
            else
            {
                escaped.Append((char)utf8);
            }
        }

        return escaped.ToString();
    }

    private static string Escapes(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? "s%3A" : "");
        for (var i = random.Next(12); i > 0; i--)
        {
            text.Append('%').Append(random.Next(8) == 0 ? Character(random).ToString() : $"{random.Next(256):x2}");
        }

        return text.ToString();
    }

    private static string Noise(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(random.Next(20) == 0 ? 3000 : 20)).Select(_ => Character(random)));

    /// <summary>No lone surrogate: no server hands one out of a header.</summary>
    private static char Character(Random random) =>
        random.Next(6) switch
        {
            0 => ";=\"%\\ \t,.:s"[random.Next(11)],
            1 => (char)random.Next(0x20),
            2 => (char)random.Next(0x80, 0x100),
            3 => (char)random.Next(0x100, 0xD800),
            _ => (char)random.Next(0x21, 0x7f),
        };
}
