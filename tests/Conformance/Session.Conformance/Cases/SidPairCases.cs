using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>IDS, continued: pairs of ids that become one if something on the way changes them.</summary>
internal static class SidPairCases
{
    private const string Mixed = "A visitor gets another user's session.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "IDS-09",
            "Ids that are equal once they are decoded are separate: URL, HTML, JSON and Base64 escapes.",
            Mixed,
            [
                "an id is URL-decoded once more",
                "escapes are undone on reading, and ids that look escaped were never escaped",
                "a plus is taken for a space",
            ],
            t =>
                SidCases.EachIsItsOwnAsync(
                    t,
                    "aA",
                    "a%41",
                    "a%2541",
                    "a/b",
                    "a%2fb",
                    "a%2Fb",
                    "a b",
                    "a+b",
                    "a%20b",
                    "a&b",
                    "a&amp;b",
                    "a\\u0041",
                    "a\\x41",
                    "YWE=",
                    "aa",
                    "6161",
                    "a=41",
                    "a&#65;"
                )
        ),
        Required(
            "IDS-10",
            "Ids that differ in a character that is not seen, or that a narrow character set cannot hold, are separate.",
            Mixed,
            [
                "a character set of three bytes: every emoji becomes '?' or nothing",
                "a comparison by the rules of a language ignores some characters",
                "characters that are not seen are removed",
            ],
            t =>
                SidCases.EachIsItsOwnAsync(
                    t,
                    "ab",
                    "a\u00adb",
                    "a\u200bb",
                    "a\u200db",
                    "a\ufeffb",
                    "a\u2060b",
                    "a\u0001b",
                    "a\u0002b",
                    "😀",
                    "😁",
                    "a😀",
                    "a😁",
                    "𝒜",
                    "𝒞",
                    "日",
                    "本",
                    "ß",
                    "ss",
                    "a\tb",
                    "a\nb"
                )
        ),
        Required(
            "IDS-11",
            "Long ids that differ in one place, wherever that is, are separate.",
            Mixed,
            [
                "only the beginning and the end of a long id make its key",
                "only the first characters are compared",
                "a digest of a few bits",
            ],
            t => SidCases.EachIsItsOwnAsync(t, [.. LongOnes()], mayRefuse: true)
        ),
    ];

    private static IEnumerable<string> LongOnes()
    {
        foreach (var length in new[] { 64, 200, Sid.MaxLength })
        {
            yield return new string('a', length);
            foreach (var at in new[] { 0, length / 4, length / 2, length * 3 / 4, length - 1 })
            {
                yield return string.Create(length, at, static (span, at) =>
                {
                    span.Fill('a');
                    span[at] = 'b';
                });
            }
        }
    }
}
