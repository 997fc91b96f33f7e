using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Files as session-file-store 1.5.0 writes and reads them.</summary>
public sealed class NodeCompatibilityTests
{
    // Written by the real package.
    private const string WithMaxAge =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë 😀","n":1.5},"__lastAccess":1795388041467}""";

    private const string WithoutMaxAge =
        """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"a":1,"__lastAccess":1795388041479}""";

    // From its second save on the member keeps its place, and what is added stands behind it.
    private const string SavedTwice =
        """{"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"},"a":1,"__lastAccess":1795388041467,"b":"\ud800"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        WithMaxAge,
        1795388041467 + 60000,
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë 😀","n":1.5}}"""
    )]
    [InlineData(
        WithoutMaxAge,
        1795388041479 + 3600000,
        """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"a":1}"""
    )]
    [InlineData(
        SavedTwice,
        1795388041467 + 59998,
        """{"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"},"a":1,"b":"\ud800"}"""
    )]
    [InlineData(
        """{"cookie":{"originalMaxAge":false,"expires":false},"__lastAccess":1795388041479}""",
        1795388041479 + 3600000,
        """{"cookie":{"originalMaxAge":false,"expires":false}}"""
    )]
    [InlineData(
        """{"cookie":{"originalMaxAge":0,"expires":"2001-01-01T00:00:00.000Z"},"__lastAccess":1795388041479}""",
        1795388041479 + 3600000,
        """{"cookie":{"originalMaxAge":0,"expires":"2001-01-01T00:00:00.000Z"}}"""
    )]
    [InlineData(
        """{"cookie":{"originalMaxAge":60000},"__lastAccess":1.795388041479e12}""",
        1795388041479 + 60000,
        """{"cookie":{"originalMaxAge":60000}}"""
    )]
    public async Task A_file_that_Node_wrote_is_read_with_its_expiry_and_without_the_member_that_is_the_stores(
        string file,
        long expires,
        string payload
    )
    {
        await using var folder = new TestFolder();
        folder.Plant("node.json", file);
        var store = folder.Store();
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(payload, Encoding.UTF8.GetString(read!.Payload.Span));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(expires), read.Expires);
        Assert.Equal("node", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);

        // Alive in Node as long as now <= __lastAccess + originalMaxAge; here until that instant.
        folder.Clock.SetUtcNow(read.Expires!.Value.AddTicks(-1));
        Assert.NotNull(await store.GetAsync("node", Cancel));
        Assert.True(await store.TouchAsync("node", new SessionRecord(read.Payload.Span, read.Expires), Cancel));
        folder.Clock.SetUtcNow(read.Expires.Value);
        Assert.Null(await store.GetAsync("node", Cancel));
    }

    [Fact]
    public async Task A_file_of_ours_is_byte_for_byte_what_Node_writes()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1795388041467);
        folder.Clock.SetUtcNow(now);
        await store.SetAsync(
            "with",
            new SessionRecord(
                Bytes(WithMaxAge.Replace(",\"__lastAccess\":1795388041467", "", StringComparison.Ordinal)),
                now.AddMinutes(1)
            ),
            Cancel
        );
        folder.Clock.Advance(TimeSpan.FromMilliseconds(12));
        await store.SetAsync(
            "without",
            new SessionRecord(Bytes(WithoutMaxAge.Replace(",\"__lastAccess\":1795388041479", "", StringComparison.Ordinal)), null),
            Cancel
        );
        Assert.Equal(WithMaxAge, folder.Text("with.json"));
        Assert.Equal(WithoutMaxAge, folder.Text("without.json"));
    }

    [Theory]
    [InlineData("{}", 3600000)]
    [InlineData("""{"originalMaxAge":null}""", 3600000)]
    [InlineData("""{"originalMaxAge":0}""", 3600000)]
    [InlineData("""{"originalMaxAge":60000}""", 60000)]
    [InlineData("""{"originalMaxAge":-5000}""", -5000)]
    [InlineData("""{"originalMaxAge":31536000000}""", 31536000000)]
    public async Task Whatever_the_cookie_says_the_given_expiry_is_what_Node_reckons(string cookie, long nodeLifetime)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var expires = folder.Clock.GetUtcNow().AddDays(3).AddMilliseconds(7);
        await store.SetAsync("a", new SessionRecord(Bytes($$"""{"cookie":{{cookie}}}"""), expires), Cancel);
        Assert.Equal(expires, (await store.GetAsync("a", Cancel))!.Expires);
        var lastAccess = expires.ToUnixTimeMilliseconds() - nodeLifetime;
        Assert.Equal($$"""{"cookie":{{cookie}},"__lastAccess":{{lastAccess}}}""", folder.Text("a.json"));
    }

    [Fact]
    public async Task A_touch_writes_the_new_cookie_and_leaves_every_other_byte()
    {
        await using var folder = new TestFolder();
        folder.Clock.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(1795388041467));
        folder.Plant("a.json", WithMaxAge);
        var touched = WithMaxAge
            .Replace("22:55:01.453Z", "22:56:01.453Z", StringComparison.Ordinal)
            .Replace("Zoë", "Eve", StringComparison.Ordinal);
        Assert.True(
            await folder.Store().TouchAsync("a", new SessionRecord(Bytes(touched), folder.Clock.GetUtcNow().AddMinutes(2)), Cancel)
        );
        Assert.Equal(
            WithMaxAge
                .Replace("22:55:01.453Z", "22:56:01.453Z", StringComparison.Ordinal)
                .Replace("1795388041467", "1795388101467", StringComparison.Ordinal),
            folder.Text("a.json")
        );
    }

    [Theory]
    [InlineData(SavedTwice, ",\"b\":\"\\ud800\"")]
    [InlineData(
        """{"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"},"__lastAccess":1795388041467,"a":1}""",
        ""
    )]
    [InlineData(
        """{"__lastAccess":1795388041467,"a":1,"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:55:01.453Z","httpOnly":true,"path":"/"}}""",
        ""
    )]
    public async Task A_touch_of_a_file_that_Node_saved_more_than_once_leaves_every_value(string file, string more)
    {
        await using var folder = new TestFolder();
        folder.Clock.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(1795388041467));
        folder.Plant("a.json", file);
        var store = folder.Store();
        var touched =
            $$"""{"cookie":{"originalMaxAge":59998,"expires":"2026-11-22T22:58:41.467Z","httpOnly":true,"path":"/"},"a":1{{more}}}""";
        Assert.True(await store.TouchAsync("a", new SessionRecord(Bytes(touched), folder.Clock.GetUtcNow().AddMinutes(1)), Cancel));
        var read = await store.GetAsync("a", Cancel);
        var session = SessionDocument.Parse(read!.Payload);
        Assert.Equal(SessionDocument.Parse(Bytes(touched)).CookieJson.ToArray(), session.CookieJson.ToArray());
        Assert.True(session.TryGetJson("a", out var value));
        Assert.Equal("1", Encoding.UTF8.GetString(value.Span));
        Assert.Equal(more.Length > 0, session.TryGetJson("b", out var lone));
        Assert.Equal(more.Length > 0 ? "\"\\ud800\"" : "", Encoding.UTF8.GetString(lone.Span));
        Assert.Equal(folder.Clock.GetUtcNow().AddMinutes(1), read.Expires);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no session")]
    [InlineData("{\"cookie\":{\"originalMaxAge\":\"60000\"}}")]
    public async Task A_touch_with_a_payload_that_is_no_session_moves_the_expiry_and_nothing_else(string payload)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record("old"), Cancel);
        var expires = folder.Clock.GetUtcNow().AddDays(1);
        Assert.True(await store.TouchAsync("a", new SessionRecord(Bytes(payload), expires), Cancel));
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(TestFolder.Payload("old"), read!.Payload.ToArray());
        Assert.Equal(expires, read.Expires);
    }

    [Fact]
    public async Task A_session_key_with_the_name_of_the_stores_member_is_not_stored()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", new SessionRecord("""{"cookie":{},"__lastAccess":7,"n":1}"""u8, null), Cancel);
        Assert.Equal("""{"cookie":{},"n":1}""", Encoding.UTF8.GetString((await store.GetAsync("a", Cancel))!.Payload.Span));
        Assert.Equal($$"""{"cookie":{},"n":1,"__lastAccess":{{folder.NowMilliseconds}}}""", folder.Text("a.json"));
    }

    [Theory]
    [InlineData("""{"cookie":{"originalMaxAge":60000}}""", 60)]
    [InlineData("""{"cookie":{},"__lastAccess":"yesterday"}""", 3600)]
    public async Task A_file_without_a_last_access_counts_from_its_last_change(string file, int seconds)
    {
        await using var folder = new TestFolder();
        folder.Plant("a.json", file);
        System.IO.File.SetLastWriteTimeUtc(folder.File("a.json"), folder.Clock.GetUtcNow().UtcDateTime);
        var store = folder.Store();
        Assert.Equal(folder.Clock.GetUtcNow().AddSeconds(seconds), (await store.GetAsync("a", Cancel))!.Expires);
        folder.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Theory]
    [InlineData("1e300", 9999)]
    [InlineData("-1e300", 1)]
    public async Task Instants_outside_the_calendar_are_its_ends(string lastAccess, int year)
    {
        await using var folder = new TestFolder();
        folder.Plant("a.json", $$"""{"cookie":{},"__lastAccess":{{lastAccess}}}""");
        var store = folder.Store();
        Assert.Equal(year == 9999 ? DateTimeOffset.MaxValue : null, (await store.GetAsync("a", Cancel))?.Expires);
        Assert.Equal(year == 9999 ? 0 : 1, await store.PruneAsync(10, Cancel));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
