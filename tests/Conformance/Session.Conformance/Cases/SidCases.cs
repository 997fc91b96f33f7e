using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>IDS: any valid sid names a session of its own.</summary>
internal static class SidCases
{
    private const string Mixed = "A visitor gets another user's session.";

    private static readonly string[] Punctuation =
    [
        "a/b",
        "/",
        "..",
        "../a",
        "a/../b",
        "..\\a",
        "a\\b",
        "a'b",
        "a\"b",
        "a b",
        "a%b",
        "%2e%2e%2f",
        "a:b",
        "a*b",
        "a?b",
        "a[b]",
        "a\nb",
        "a\tb",
        "a;b",
        "a|b",
        "a&b",
        "a#b",
        "~",
        "-",
        "--",
        "a=b",
        "a,b",
        "{a}",
        "\u0001",
        "é",
        "日本",
        "😀",
        "\u00a0",
        "\u202e",
        "sess:a",
        "a::b",
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "IDS-01",
            "Ids with slashes, dots, quotes, spaces, percent signs, wildcards, line breaks and foreign letters work.",
            Mixed,
            ["ids are used raw in file names, URLs or commands", "ids are cut or replaced by 'safe' characters"],
            t => EachIsItsOwnAsync(t, Punctuation)
        ),
        Required(
            "IDS-02",
            "Ids that differ by case only are two ids.",
            Mixed,
            ["a case-insensitive collation, file system or comparer", "ids are folded to lower case"],
            t =>
                EachIsItsOwnAsync(
                    t,
                    "aBcDeFgHiJkLmNoP",
                    "abcdefghijklmnop",
                    "ABCDEFGHIJKLMNOP",
                    "straße",
                    "STRASSE",
                    "strasse",
                    "ı",
                    "I",
                    "i",
                    "İ"
                )
        ),
        Required(
            "IDS-03",
            "Ids that differ by Unicode normalization only are two ids.",
            Mixed,
            ["ids are normalized, by the store or by its file system"],
            t => EachIsItsOwnAsync(t, "caf\u00e9", "cafe\u0301", "\u212b", "\u00c5", "A\u030a", "\ufb01", "fi")
        ),
        Required(
            "IDS-04",
            "Ids that are special to file systems are ids: trailing dots and spaces, device names.",
            Mixed,
            ["a file per id, named as the id"],
            t =>
                EachIsItsOwnAsync(
                    t,
                    "a",
                    "a.",
                    "a ",
                    " a",
                    ".a",
                    "a..",
                    ".",
                    "CON",
                    "con",
                    "NUL",
                    "nul.json",
                    "COM1",
                    "a.json",
                    "a.json.json",
                    "$I30",
                    "a:stream"
                )
        ),
        Required(
            "IDS-05",
            "Ids of 1 and of 512 characters work, with any characters.",
            "A visitor with a long id, or a very short one, cannot have a session.",
            ["a key column that is too short", "file names that are too long", "a long id is cut, and two become one"],
            t =>
                EachIsItsOwnAsync(
                    t,
                    "a",
                    "0",
                    "é",
                    new string('a', Sid.MaxLength),
                    new string('a', Sid.MaxLength - 1) + "b",
                    new string('a', 255),
                    new string('a', 256),
                    new string('日', Sid.MaxLength),
                    string.Concat(Enumerable.Repeat("😀", Sid.MaxLength / 2)),
                    new string('%', Sid.MaxLength),
                    new string('/', Sid.MaxLength)
                )
        ),
        Required(
            "IDS-06",
            "Characters that are patterns to a backend match nothing but themselves.",
            Mixed,
            ["LIKE, KEYS, glob or regular expressions with the id in them"],
            async t =>
            {
                var start = t.NewSid();
                await EachIsItsOwnAsync(
                    t,
                    start + "ab",
                    start + "a_",
                    start + "a%",
                    start + "a*",
                    start + "a?",
                    start + "a.",
                    start + "[ab]b",
                    start + "\\a",
                    start + ".*",
                    "*",
                    "%",
                    "_",
                    "?"
                );
            }
        ),
        Required(
            "IDS-07",
            "Ids that are commands to a backend do nothing.",
            "Anyone who sends a cookie can read or remove every user's session.",
            ["statements are put together from texts instead of parameters"],
            async t =>
            {
                var bystander = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(bystander, record);
                await EachIsItsOwnAsync(
                    t,
                    "' OR '1'='1",
                    "'; DELETE FROM sessions; --",
                    "\"; DROP TABLE session; --",
                    "{\"$ne\":null}",
                    "a\r\nFLUSHALL\r\n",
                    "$(reboot)",
                    "`reboot`",
                    "${jndi:ldap://x}",
                    "<!--",
                    "a' --"
                );
                await t.ExpectSessionAsync(bystander, record, "another session, after ids that are commands");
            }
        ),
        Required(
            "IDS-08",
            "Ids that are names of the store's own things are ids.",
            Mixed,
            ["settings or metadata lie among the sessions", "prefixes are stripped or added twice"],
            t =>
                EachIsItsOwnAsync(
                    t,
                    "sess:",
                    "sess:sess",
                    "sess",
                    "session",
                    "sessions",
                    "sid",
                    "_id",
                    "expires",
                    "expired",
                    "count",
                    "length",
                    "index",
                    "meta",
                    "cookie",
                    "__proto__",
                    "constructor",
                    "toString",
                    "prototype",
                    "null",
                    "undefined",
                    "0",
                    "-1",
                    "true",
                    t.Request.Space
                )
        ),
    ];

    /// <summary>Each id holds its own session, and the destroy of one removes that one.</summary>
    public static Task EachIsItsOwnAsync(CaseContext t, params string[] sids) => EachIsItsOwnAsync(t, sids, mayRefuse: false);

    /// <param name="t">The case.</param>
    /// <param name="sids">The ids.</param>
    /// <param name="mayRefuse">Whether another case judges that the store refuses one.</param>
    public static async Task EachIsItsOwnAsync(CaseContext t, string[] sids, bool mayRefuse)
    {
        var stored = new List<(string Sid, SessionRecord Record)>();
        foreach (var sid in sids.Distinct(StringComparer.Ordinal))
        {
            var record = t.Record(CaseContext.Hour, $"session {stored.Count}");
            if (
                await (
                    mayRefuse
                        ? IsTakenAsync(t, sid, record)
                        : t.ExpectSucceedsAsync(() => t.Store.SetAsync(sid, record), $"set of the id {Text.Quote(sid)}")
                )
            )
            {
                stored.Add((sid, record));
            }
        }

        foreach (var (sid, record) in stored)
        {
            await t.ExpectSucceedsAsync(
                () => t.ExpectSessionAsync(sid, record, $"the session of the id {Text.Quote(sid)}"),
                $"get of the id {Text.Quote(sid)}"
            );
        }

        for (var i = 0; i < stored.Count; i++)
        {
            var (sid, _) = stored[i];
            await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(sid), $"destroy of the id {Text.Quote(sid)}");
            await t.ExpectSucceedsAsync(
                () => t.ExpectAbsentAsync(sid, $"the id {Text.Quote(sid)}, destroyed"),
                $"get of the id {Text.Quote(sid)}"
            );
            if (i + 1 < stored.Count)
            {
                var (next, record) = stored[i + 1];
                await t.ExpectSucceedsAsync(
                    () => t.ExpectSessionAsync(next, record, $"the session of {Text.Quote(next)}, after {Text.Quote(sid)} was destroyed"),
                    $"get of the id {Text.Quote(next)}"
                );
            }
        }
    }

    private static async Task<bool> IsTakenAsync(CaseContext t, string sid, SessionRecord record)
    {
        try
        {
            await t.Store.SetAsync(sid, record);
            return true;
        }
        catch (StoreThrewException threw) when (threw.InnerException is SessionStoreException)
        {
            return false;
        }
    }
}
