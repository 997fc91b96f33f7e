using System.Globalization;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>Sessions as no sane writer has them: every spelling that JSON allows, and some that it does not.</summary>
internal sealed class RandomJson(Random random)
{
    private static readonly string[] Spaces = ["", "", "", " ", "\t", "\r\n", "  \n"];
    private static readonly string[] Characters =
    [
        "a",
        "Z",
        " ",
        "é",
        "😀",
        "\u2028",
        "\ufeff",
        "\ufffd",
        "\u007f",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\n",
        "\\u0000",
        "\\u00e9",
        "\\uD83D",
        "\\ud83d\\ude00",
        "\\uDE00",
        "\\u0061",
    ];
    private static readonly string[] Names =
    [
        "cookie",
        "c\\u006fokie",
        "Cookie",
        "__proto__",
        "constructor",
        "toString",
        "id",
        "a",
        "b",
        "\\u0061",
        "",
        "0",
        "12",
        "007",
        "4294967294",
        "4294967295",
        "-1",
        "__moved",
        "length",
    ];
    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "1",
        "-1",
        "12345678901234567890",
        "1e400",
        "-1e400",
        "1E-400",
        "0.1",
        "-1.50E+07",
        "9007199254740993",
        "1795388287080",
        "60000",
        "5e-324",
    ];
    private static readonly string[] Faults =
    [
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "'a'",
        "undefined",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\n\"",
        "\"",
        "{",
        "]",
        ",",
        "/**/1",
        "[1,]",
        "{\"a\"}",
        "True",
        "\u00a01",
        "\ufeff1",
        "1 2",
    ];

    /// <summary>A text; of three one is no session to anyone, or is by chance.</summary>
    public string Text()
    {
        var members = new List<string>();
        for (var i = random.Next(random.Next(10) == 0 ? 60 : 8); i > 0; i--)
        {
            members.Add(Member(Name(), Value(0)));
        }

        if (random.Next(12) > 0)
        {
            members.Insert(random.Next(members.Count + 1), Member("\"cookie\"", Cookie()));
        }

        var text = $"{Space()}{{{string.Join(',', members)}{Space()}}}{Space()}";
        if (random.Next(4) > 0)
        {
            return text;
        }

        var place = random.Next(text.Length);
        return random.Next(4) switch
        {
            0 => text[..place],
            1 => text[..place] + text[(place + 1)..],
            2 => text[..place] + Faults[random.Next(Faults.Length)] + text[place..],
            _ => (random.Next(2) == 0 ? "\ufeff" : Faults[random.Next(Faults.Length)]) + text,
        };
    }

    /// <summary>A cookie object with members of every kind, most of them such as express-session can send.</summary>
    public string Cookie()
    {
        string[] nothing = ["null", "false", "0", "-0", "\"\""];
        (string Name, string[] Values)[] known =
        [
            ("originalMaxAge", ["60000", "1.5", "-1", "\"60000\"", "true", "[]"]),
            ("expires", ["\"2026-11-22T22:52:15.848Z\"", "\"soon\"", "1795388287080"]),
            ("path", ["\"/\"", "\"/app\""]),
            ("domain", ["\"example.com\""]),
            ("httpOnly", ["true", "1", "{}"]),
            ("secure", ["true", "\"auto\"", "[]"]),
            ("partitioned", ["true"]),
            ("sameSite", ["true", "\"lax\"", "\"Strict\"", "\"NONE\""]),
            ("priority", ["\"low\"", "\"HIGH\"", "\"medium\""]),
            ("unknown", ["{}", "[[]]"]),
        ];
        var members = new List<string>();
        foreach (var (name, values) in known)
        {
            if (random.Next(3) > 0)
            {
                members.Add(
                    Member($"\"{name}\"", random.Next(2) == 0 ? nothing[random.Next(nothing.Length)] : values[random.Next(values.Length)])
                );
            }
        }

        var ordered = members.ToArray();
        random.Shuffle(ordered);
        return $"{{{string.Join(',', ordered)}}}";
    }

    private string Member(string name, string value) => $"{Space()}{name}{Space()}:{Space()}{value}";

    private string Space() => Spaces[random.Next(Spaces.Length)];

    private string Name() => random.Next(2) == 0 ? $"\"{Names[random.Next(2, Names.Length)]}\"" : String();

    private string String() =>
        $"\"{string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Characters[random.Next(Characters.Length)]))}\"";

    private string Value(int level) =>
        random.Next(level < 4 ? 8 : 5) switch
        {
            0 => random.Next(3) switch
            {
                0 => "null",
                1 => "true",
                _ => "false",
            },
            1 => Numbers[random.Next(Numbers.Length)],
            2 => random.Next().ToString(CultureInfo.InvariantCulture),
            3 => String(),
            4 => random.Next(20) == 0 ? Deep() : "{}",
            5 or 6 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Space() + Value(level + 1) + Space()))}]",
            _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Member(Name(), Value(level + 1))))}}}",
        };

    private string Deep()
    {
        // As deep as JSON.stringify goes, with which the test compares.
        var levels = random.Next(60, 2000);
        return string.Concat(Enumerable.Repeat("[{\"a\":", levels / 2)) + "1" + string.Concat(Enumerable.Repeat("}]", levels / 2));
    }
}
