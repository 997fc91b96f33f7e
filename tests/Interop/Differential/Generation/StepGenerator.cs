using ServerSessions.Payload;

namespace ServerSessions.Interop.Differential.Generation;

/// <summary>Makes steps.</summary>
internal static class StepGenerator
{
    private static readonly string[] Keys =
    [
        "\"a\"",
        "\"a\"",
        "\"a\"",
        "\"b\"",
        "\"b\"",
        "\"user\"",
        "\"schlüssel €\"",
        "\"\"",
        "\"quo\\\"te\"",
        "\"7\"",
        "\"12\"",
        "\"__moved\"",
        "\"__created\"",
        "\"__lastAccess\"",
    ];

    private static readonly string[] Values =
    [
        "1",
        "2",
        "1",
        "true",
        "false",
        "null",
        "\"text\"",
        "\"\"",
        "1.0",
        "-0",
        "1e21",
        "1e-7",
        "123456789012345680000",
        "9007199254740993",
        "0.1",
        "5e-324",
        "1.7976931348623157e308",
        "-12.50",
        "\"\\u2028 \\ud800 \\u001f \\n \\\" é 😀\"",
        "{}",
        "[]",
        "[1,[2,{\"x\":null}]]",
        "{\"b\":1,\"a\":2}",
        "{\"a\":2,\"b\":1}",
        "{\"x\":{\"10\":1,\"9\":2,\"z\":3,\"1\":4}}",
        "{\"d\":1,\"e\":2,\"d\":3}",
        " [ 1 , 2 ] ",
    ];

    private static readonly string[] CookieSettings =
    [
        "\"maxAge\",60000",
        "\"maxAge\",120000",
        "\"maxAge\",3600000",
        "\"maxAge\",null",
        "\"maxAge\",-1000",
        "\"maxAge\",0",
        "\"originalMaxAge\",60000",
        "\"originalMaxAge\",7200000",
        "\"originalMaxAge\",null",
        "\"expires\",\"2098-02-03T04:05:06.789Z\"",
        "\"expires\",\"2002-01-01T00:00:00.000Z\"",
        "\"expires\",null",
        "\"path\",\"/\"",
        "\"path\",\"/app\"",
        "\"path\",\"\"",
        "\"domain\",\"example.org\"",
        "\"httpOnly\",true",
        "\"httpOnly\",false",
        "\"secure\",true",
        "\"secure\",false",
        "\"sameSite\",true",
        "\"sameSite\",false",
        "\"sameSite\",\"lax\"",
        "\"sameSite\",\"strict\"",
        "\"sameSite\",\"none\"",
        "\"priority\",\"low\"",
        "\"priority\",\"high\"",
        "\"partitioned\",true",
        "\"partitioned\",false",
    ];

    private static readonly string[] CookieMembers =
    [
        "maxAge",
        "originalMaxAge",
        "expires",
        "path",
        "domain",
        "httpOnly",
        "secure",
        "sameSite",
        "priority",
        "partitioned",
        "unknown",
    ];

    public static string Generate(Random random) =>
        random.Next(100) switch
        {
            < 25 => $"[\"set\",{random.Of<string>(Keys)},{random.Of<string>(Values)}]",
            < 33 => $"[\"get\",{random.Of<string>(Keys)}]",
            < 39 => $"[\"del\",{random.Of<string>(Keys)}]",
            < 44 => "[\"keys\"]",
            < 49 => "[\"id\"]",
            < 52 => "[\"has\"]",
            < 57 => "[\"regenerate\"]",
            < 60 => "[\"destroy\"]",
            < 65 => "[\"reload\"]",
            < 70 => "[\"save\"]",
            < 73 => "[\"touch\"]",
            < 76 => "[\"unset\"]",
            < 82 => $"[\"cookie.get\",\"{random.Of<string>(CookieMembers)}\"]",
            < 90 => $"[\"cookie.set\",{random.Of<string>(CookieSettings)}]",
            < 91 => $"[\"wait\",{random.Next(3)}]",
            < 94 => $"[\"write\",{random.Of<string>("\"early \"", "\"\"", "\"line\\nline é\"")}]",
            < 95 => "[\"vanish\"]",
            < 96 => $"[\"header\",\"Set-Cookie\",\"{random.Of("connect.sid", "sid", "theme")}=theirs; Path=/\"]",
            < 98 => $"[\"status\",{random.Of(200, 201, 204, 302, 304, 404, 500, 503)}]",
            _ => "[\"throw\",\"it broke: \\\"é\\\"\"]",
        };
}
