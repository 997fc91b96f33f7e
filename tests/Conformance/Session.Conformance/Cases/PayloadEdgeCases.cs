using System.Text;
using ServerSessions.Payload;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PAY, continued: keys, numbers, nesting, exact bytes, and what not every backend can hold.</summary>
internal static class PayloadEdgeCases
{
    private static readonly string[] Keys =
    [
        "a.b",
        "$set",
        "$",
        "a/b",
        "..",
        "__proto__",
        "constructor",
        "",
        " ",
        "key",
        "KEY",
        "Key",
        "%",
        "a b",
        "é",
        "e\u0301",
        "😀",
        "_id",
        "session",
        "expires",
        "cookies",
        "Cookie",
        "12",
        "-1",
        "toJSON",
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "PAY-08",
            "Keys come back as they are: dots, dollar signs, slashes, the empty key, keys that differ by case only.",
            "Two values of a session become one, or a session cannot be saved at all.",
            ["keys are taken for paths", "keys are folded to lower case", "keys with $ or . are refused by the backend"],
            async t =>
            {
                // A member has at most 22 bytes.
                foreach (var keys in Keys.Chunk(Math.Clamp(t.Room / 22, 3, Keys.Length)))
                {
                    await PayloadCases.RoundTripAsync(t, $"{keys.Length} unusual keys", [.. keys.Select(static (key, i) => (key, $"{i}"))]);
                }

                foreach (var key in Keys)
                {
                    await PayloadCases.RoundTripAsync(t, $"the key {Text.Quote(key)}", (key, "1"));
                }
            }
        ),
        Required(
            "PAY-09",
            "Numbers come back: the largest, the smallest, whole ones of 64 bits, fractions, exponents.",
            "An amount or an id of a user is another one on the next page.",
            ["numbers pass through double or decimal, or 32 bits", "whole numbers above 2^53 are rounded"],
            async t =>
            {
                foreach (
                    var number in new[]
                    {
                        "9007199254740991",
                        "-9007199254740991",
                        "9007199254740993",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "0.1",
                        "-0.5",
                        "1e21",
                        "123456789.12345",
                        "2147483648",
                        "4294967296",
                        "1.7976931348623157e308",
                    }
                )
                {
                    await PayloadCases.RoundTripAsync(t, $"the number {number}", ("value", number));
                }
            }
        ),
        Required(
            "PAY-10",
            "Values nested 50 levels deep come back.",
            "A session with a deep structure cannot be read again.",
            ["a JSON reader with a lower limit on the way"],
            async t =>
            {
                // Two levels take 8 bytes.
                var pairs = Math.Clamp(t.Room / 8, 1, 25);
                var builder = new StringBuilder();
                builder.Insert(0, "{\"a\":[", pairs).Append('1');
                for (var i = 0; i < pairs; i++)
                {
                    builder.Append("]}");
                }

                await PayloadCases.RoundTripAsync(t, $"a value {pairs * 2} levels deep", ("value", builder.ToString()));
            }
        ),
        Recommended(
            "PAY-11",
            "A text that not every backend can hold (NUL, a lone surrogate) comes back, or is refused before anything is written.",
            "A text from a user's keyboard damages the session, and every later request fails.",
            ["the text is cut at NUL", "the lone half of a pair becomes U+FFFD"],
            async t =>
            {
                foreach (
                    var (json, what) in new[]
                    {
                        ("\"a\\u0000b\"", "a text with an escaped NUL"),
                        ("\"a\\ud800b\"", "a text with an escaped lone surrogate"),
                    }
                )
                {
                    var sid = t.NewSid();
                    var first = t.Record(CaseContext.Hour, "first");
                    await t.Store.SetAsync(sid, first);
                    var second = t.Session(t.Now + CaseContext.Hour, ("value", json));
                    try
                    {
                        await t.Store.SetAsync(sid, second);
                        await t.ExpectSessionAsync(sid, second, what);
                    }
                    catch (StoreThrewException threw)
                        when (threw.InnerException is SessionStoreException && t.Settings.Fidelity == PayloadFidelity.Json)
                    {
                        await t.ExpectSessionAsync(sid, first, $"the earlier session, after {what} was refused");
                    }
                }
            }
        ),
        Required(
            "PAY-12",
            "Payloads come back byte for byte: order of keys, spelling of numbers and escapes, unknown members.",
            "The Node half of a shared site loses values that the .NET half does not know; a session counts as changed with every request.",
            ["the payload is parsed and written again; if the backend's format is JSON, say so with HarnessSettings.Fidelity"],
            async t =>
            {
                var sid = t.NewSid();
                var expires = t.Now + CaseContext.Hour;
                var cookie = Encoding.UTF8.GetString(new SessionCookie(t.Time.Clock) { Expires = expires }.ToJson());
                var json =
                    $$$"""{"z":1.0,"cookie":{{{cookie[..^1]}}},"unknown":{"a":1}},"a":1e2,"text":"\u0041\/\u00e9é","m":[1, 2 ,3 ],"z2":-0}""";
                var record = new SessionRecord(Encoding.UTF8.GetBytes(json), expires);
                await t.Store.SetAsync(sid, record);
                await t.ExpectSessionAsync(sid, record, "a payload as another writer spells it");
            },
            CaseNeeds.ExactBytes
        ),
    ];
}
