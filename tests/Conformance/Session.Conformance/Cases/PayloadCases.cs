using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PAY: what a session contains comes back.</summary>
internal static class PayloadCases
{
    private const string Garbled = "Names, texts and amounts in users' sessions are garbled.";

    private static readonly string[] Texts =
    [
        "naïve café",
        "日本語",
        "😀👩‍👩‍👧‍👦🏳️‍🌈",
        "a\u0301\u0323",
        "\u202eright to left\u202c עברית",
        "tab\tline\nreturn\rquote\"back\\slash/",
        "trailing space ",
        " leading",
        "",
        "\u0001\u001f\u007f\u0080\u009f",
        "\u2028\u2029\ufeff",
        "'; DROP TABLE sessions; --",
        "{\"$gt\":\"\"}",
        "<script>&amp;",
        "null",
        "\ufffd",
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "PAY-01",
            "Strings come back unchanged: emoji, combining marks, right-to-left, control characters, quotes.",
            Garbled,
            ["the payload passes through a single-byte encoding", "a text column of a narrow character set", "trailing spaces are cut"],
            async t =>
            {
                foreach (var text in Texts)
                {
                    await RoundTripAsync(t, $"the text {Text.Quote(text)}", ("value", CaseContext.Json(text)));
                }
            }
        ),
        Required(
            "PAY-02",
            "Composed and decomposed forms of a string stay unchanged.",
            Garbled,
            ["texts are normalized (NFC) on the way"],
            async t =>
                await RoundTripAsync(
                    t,
                    "é as one character and as two",
                    ("composed", "\"\u00e9 \u212b\""),
                    ("decomposed", "\"e\u0301 A\u030a\"")
                )
        ),
        Required(
            "PAY-03",
            "Every character of one byte, and escapes, come back.",
            Garbled,
            ["bytes are taken for characters (Latin-1) or the other way round", "signed bytes", "NUL ends the text"],
            async t =>
            {
                var all = new string([.. Enumerable.Range(1, 255).Select(static i => (char)i)]);
                await RoundTripAsync(t, "U+0001 to U+00FF", ("value", CaseContext.Json(all)));
                await RoundTripAsync(
                    t,
                    "4 096 characters from everywhere",
                    (
                        "value",
                        CaseContext.Json(string.Concat(Enumerable.Range(0, 4096).Select(i => char.ConvertFromUtf32(0x100 + (i * 13)))))
                    )
                );
            }
        ),
        Required(
            "PAY-04",
            "Null, false, zero, the empty text, list and object are values of their own, and none is a missing key.",
            "'Not chosen yet' and 'chosen nothing' become the same; a consent is asked for again and again.",
            ["null members are dropped", "empty lists become null", "false and 0 are dropped as defaults"],
            async t =>
                await RoundTripAsync(
                    t,
                    "null, false, 0, \"\", [] and {}",
                    ("null", "null"),
                    ("false", "false"),
                    ("zero", "0"),
                    ("text", "\"\""),
                    ("list", "[]"),
                    ("object", "{}"),
                    ("nested", """{"null":null,"list":[null,[],{}]}""")
                )
        ),
        Required(
            "PAY-05",
            "Sessions of 1 KiB, 64 KiB and, unless a limit is stated, 1 MiB come back whole.",
            "A user with a full cart loses it, or gets an error with every request.",
            ["a column of limited length that cuts", "a buffer of fixed size"],
            async t =>
            {
                foreach (
                    var size in new[] { 1 << 10, (1 << 16) - 200, 1 << 16, 70_000, 1 << 20 }.Where(size =>
                        size + 500 <= (t.Settings.MaxPayloadBytes ?? int.MaxValue)
                    )
                )
                {
                    await RoundTripAsync(t, $"a text of {size} characters", ("value", CaseContext.Json(Filler(t, size))), ("end", "true"));
                }
            }
        ),
        Recommended(
            "PAY-06",
            "A payload at the stated limit is taken; one above it is refused with a SessionStoreException, and the old session stays.",
            "A session that has grown too large is lost, or cut to something that no request can read.",
            ["the limit is not checked", "the old entry is removed before the new one is refused"],
            async t =>
            {
                var max = t.Settings.MaxPayloadBytes!.Value;
                var sid = t.NewSid();
                var overhead = t.Session(t.Now + CaseContext.Hour, ("value", "\"\"")).Payload.Length;
                var largest = t.Session(t.Now + CaseContext.Hour, ("value", CaseContext.Json(Filler(t, max - overhead))));
                await t.Store.SetAsync(sid, largest);
                await t.ExpectSessionAsync(sid, largest, $"a payload of {max} bytes");
                var larger = t.Session(t.Now + CaseContext.Hour, ("value", CaseContext.Json(Filler(t, max - overhead + 1))));
                await t.ExpectThrowsAsync<SessionStoreException>(() => t.Store.SetAsync(sid, larger), $"a payload of {max + 1} bytes");
                await t.ExpectSessionAsync(sid, largest, "after a payload that was too large");
            },
            CaseNeeds.PayloadLimit
        ),
        Required(
            "PAY-07",
            "A session of 1,000 keys comes back.",
            "A user loses the oldest part of the session.",
            ["a fixed number of fields"],
            async t => await RoundTripAsync(t, "1,000 keys", [.. Enumerable.Range(0, 1000).Select(static i => ($"key-{i}", $"{i}"))])
        ),
    ];

    public static async Task RoundTripAsync(CaseContext t, string what, params (string Key, string Json)[] values)
    {
        var sid = t.NewSid();
        var record = t.Session(t.Now + CaseContext.Hour, values);
        if (await t.ExpectSucceedsAsync(() => t.Store.SetAsync(sid, record), $"set of {what}"))
        {
            await t.ExpectSessionAsync(sid, record, what);
        }
    }

    private static string Filler(CaseContext t, int length) => string.Create(length, t.Random, static (span, random) =>
        {
            foreach (ref var c in span)
            {
                c = (char)('a' + random.Next(26));
            }
        });
}
