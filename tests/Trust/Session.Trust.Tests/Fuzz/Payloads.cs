using System.Text;
using CsCheck;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>Generators of payloads: sessions as Node writes them, as no one would write them, and spoiled.</summary>
internal static class Payloads
{
    private static readonly Gen<string> Space = Gen.OneOf("", "", "", "", " ", "\n", "\t \r\n");

    private static readonly Gen<string> Text = Gen.OneOf(
            "a",
            "b",
            "user",
            "cookie",
            "\\u0063ookie",
            "cook\\u0069e",
            "é",
            "✓",
            "😀",
            "\\ud83d\\ude00",
            "\\ud800",
            "\\udc00",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "12",
            "0",
            "007",
            "__proto__",
            "$type",
            "\\u0000",
            "\u0001",
            "\\x",
            "\\u12",
            "expires",
            "\u2028",
            "\uFEFF",
            "\u00a0"
        )
        .Array[0, 3]
        .Select(string.Concat);

    private static readonly Gen<string> Name = Text.Select(static text => $"\"{text}\"");

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Name,
        Gen.OneOf(
            "true",
            "false",
            "null",
            "0",
            "-0",
            "1",
            "-1.5E-7",
            "1e400",
            "9007199254740993",
            "123456789012345678901234567890",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "Infinity",
            "tru",
            "",
            "'x'",
            "undefined"
        ),
        Gen.Double.Select(static number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
    );

    private static readonly Gen<string> Value = Gen.Recursive<string>(
        static (depth, self) =>
            depth > 4
                ? Scalar
                : Gen.Frequency(
                    (5, Scalar),
                    (1, Join(self, "[", "]")),
                    (1, Join(Gen.Select(Name, self, static (name, value) => $"{name}:{value}"), "{", "}"))
                )
    );

    private static readonly Gen<string> Cookie = Join(
        Gen.Select(
            Gen.OneOf(
                Gen.OneOf(
                    "originalMaxAge",
                    "expires",
                    "secure",
                    "httpOnly",
                    "path",
                    "domain",
                    "sameSite",
                    "priority",
                    "partitioned",
                    "\\u0065xpires"
                ),
                Text
            ),
            Gen.OneOf(
                Gen.OneOf(
                    "null",
                    "true",
                    "false",
                    "\"/\"",
                    "\"/é\"",
                    "\"example.com\"",
                    "\"lax\"",
                    "\"STRICT\"",
                    "\"auto\"",
                    "\"\"",
                    "3600000",
                    "-1",
                    "1e300",
                    "0.5",
                    "8640000000000001",
                    "\"2030-01-01T00:00:00.000Z\"",
                    "\"2030-13-01\"",
                    "\"+275760-09-13T00:00:00.000Z\"",
                    "\"-000001-01-01T00:00:00Z\"",
                    "\"9999-12-31T23:59:59.999Z\"",
                    "\"Tue, 01 Jan 2030 00:00:00 GMT\"",
                    "\"\\ud800\""
                ),
                Value
            ),
            static (name, value) => $"\"{name}\":{value}"
        ),
        "{",
        "}"
    );

    private static readonly Gen<string> Member = Gen.Frequency(
        (3, Gen.Select(Name, Value, Space, static (name, value, space) => $"{space}{name}{space}:{space}{value}{space}")),
        (2, Cookie.Select(static cookie => $"\"cookie\":{cookie}"))
    );

    /// <summary>Mostly a session; spoiled in up to three places, in every other case in none.</summary>
    public static Gen<byte[]> All { get; } =
        Gen.Select(
            Gen.Frequency(
                (
                    8,
                    Gen.Select(Cookie, Member.Array[0, 4], static (cookie, members) =>
                        "{" + string.Join(',', members.Prepend($"\"cookie\":{cookie}")) + "}"
                    )
                ),
                (2, Join(Member, "{", "}")),
                // More members than are compared pair by pair.
                (1, Member.Array[20, 40].Select(static members => "{" + string.Join(',', members) + "}")),
                (1, Value)
            ),
            Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue], Gen.Byte).Array[0, 3],
            Gen.Bool,
            static (text, changes, spoil) => spoil ? Spoil(Encoding.UTF8.GetBytes(text), changes) : Encoding.UTF8.GetBytes(text)
        );

    private static Gen<string> Join(Gen<string> item, string open, string close) =>
        item.Array[0, 4].Select(items => open + string.Join(',', items) + close);

    private static byte[] Spoil(byte[] payload, (int Kind, int At, byte With)[] changes)
    {
        var bytes = payload.ToList();
        foreach (var (kind, place, with) in changes)
        {
            if (bytes.Count == 0)
            {
                break;
            }

            var at = place % bytes.Count;
            switch (kind)
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (with & 7));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, with);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.Skip(at).Take(with & 31).ToArray());
                    break;
                default:
                    bytes[at] = "{}[]\",:\\"u8[with & 7];
                    break;
            }
        }

        return [.. bytes];
    }
}
