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
            ["bytes are taken for characters (Latin-1) or the other way round", "signed bytes"],
            async t =>
            {
                var all = Enumerable.Range(1, 255).Select(static i => $"{(char)i}");
                await RoundTripPartsAsync(t, "U+0001 to U+00FF", all);
                await RoundTripPartsAsync(
                    t,
                    "4 096 characters from everywhere",
                    Enumerable.Range(0, 4096).Select(static i => char.ConvertFromUtf32(0x100 + (i * 13)))
                );
            }
        ),
        Required(
            "PAY-04",
            "Null, false, zero, the empty text, list and object are values of their own, and none is a missing key.",
            "'Not chosen yet' and 'chosen nothing' become the same; a consent is asked for again and again.",
            ["null members are dropped", "empty lists become null", "false and 0 are dropped as defaults"],
            async t =>
            {
                await RoundTripAsync(
                    t,
                    "null, false, 0, \"\", [] and {}",
                    ("null", "null"),
                    ("false", "false"),
                    ("zero", "0"),
                    ("text", "\"\""),
                    ("list", "[]"),
                    ("object", "{}")
                );
                await RoundTripAsync(t, "null, [] and {} in an object", ("nested", """{"null":null,"list":[null,[],{}]}"""));
            }
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
            "A session of 1,000 keys, or of as many as a stated limit holds, comes back.",
            "A user loses the oldest part of the session.",
            ["a fixed number of fields"],
            async t =>
            {
                // A member has at most 15 bytes.
                var count = Math.Clamp(t.Room / 15, 1, 1000);
                var what = count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) + " keys";
                await RoundTripAsync(t, what, [.. Enumerable.Range(0, count).Select(static i => ($"key-{i}", $"{i}"))]);
            }
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

    /// <summary>Round trips of a text in as many parts as the store's limit asks for.</summary>
    private static async Task RoundTripPartsAsync(CaseContext t, string what, IEnumerable<string> characters)
    {
        var (part, size, room) = (new System.Text.StringBuilder(), 0, t.Room);
        foreach (var character in characters)
        {
            var bytes = JsonTexts.Encode(character).Length;
            if (size > 0 && size + bytes > room)
            {
                await EndAsync();
            }

            part.Append(character);
            size += bytes;
        }

        await EndAsync();

        async Task EndAsync()
        {
            await RoundTripAsync(t, what, ("value", CaseContext.Json(part.ToString())));
            part.Clear();
            size = 0;
        }
    }

    public static string Filler(CaseContext t, int length)
    {
        var bytes = new byte[length];
        t.Random.NextBytes(bytes);
        return string.Create(length, bytes, static (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)('a' + (bytes[i] % 26));
            }
        });
    }
}
