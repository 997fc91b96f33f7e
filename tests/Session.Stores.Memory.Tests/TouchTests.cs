using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class TouchTests : MemoryStoreTest
{
    private const string NewCookie = """{"originalMaxAge":60000,"expires":"2026-11-22T10:01:00.000Z","httpOnly":true,"path":"/"}""";

    [Fact]
    public async Task A_touch_without_expiry_gives_the_default_lifetime_from_now()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Store.TouchAsync("a", Raw(Payload("\"n\":1")), Cancel));
        Assert.Equal(Now + TimeSpan.FromDays(1), (await Store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_touch_takes_the_cookie_of_its_record_and_nothing_else()
    {
        await Store.SetAsync("a", Raw(" {\"old\" : [1,\t2] , \"cookie\" : {}, \"s\":\"\\ud800\\u0061\", \"s\":2 }\n"), Cancel);
        await Store.TouchAsync("a", Raw($$"""{"cookie":{{NewCookie}},"old":"other","more":true}"""), Cancel);
        Assert.Equal(
            " {\"old\" : [1,\t2] , \"cookie\" : " + NewCookie + ", \"s\":\"\\ud800\\u0061\", \"s\":2 }\n",
            Json(await Store.GetAsync("a", Cancel))
        );
    }

    [Fact]
    public async Task Of_two_cookies_in_a_payload_the_one_that_counts_is_replaced()
    {
        await Store.SetAsync("a", Raw("""{"cookie":{"path":"/1"},"n":1,"c\u006fokie":{"path":"/2"}}"""), Cancel);
        await Store.TouchAsync("a", Raw($$"""{"cookie":{{NewCookie}}}"""), Cancel);

        var payload = (await Store.GetAsync("a", Cancel))!.Payload;
        Assert.True(SessionDocument.Parse(payload).CookieJson.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(NewCookie)));
    }

    [Fact]
    public async Task A_name_with_half_of_a_surrogate_pair_hinders_no_touch()
    {
        await Store.SetAsync("a", Raw("""{"1":1,"cookie":{"path":"/1"},"\ud800":2}"""), Cancel);
        Assert.True(await Store.TouchAsync("a", Raw($$"""{"1":1,"cookie":{{NewCookie}},"\ud800":2}"""), Cancel));

        Assert.Equal("""{"1":1,"cookie":""" + NewCookie + ""","\ud800":2}""", Json(await Store.GetAsync("a", Cancel)));
    }

    [Theory]
    [InlineData("not json", """{"cookie":{"path":"/b"}}""")]
    [InlineData("""{"n":1}""", """{"cookie":{"path":"/b"}}""")]
    [InlineData("""{"cookie":{"path":"/a"}}""", "not json")]
    [InlineData("""{"cookie":{"path":"/a"}}""", """{"cookie":null}""")]
    [InlineData("", "")]
    public async Task Where_a_payload_is_no_session_a_touch_moves_the_expiry_only(string stored, string given)
    {
        await Store.SetAsync("a", Raw(stored, Now + TimeSpan.FromSeconds(1)), Cancel);
        Assert.True(await Store.TouchAsync("a", Raw(given, Now + TimeSpan.FromSeconds(9)), Cancel));

        var record = await Store.GetAsync("a", Cancel);
        Assert.Equal(stored, Json(record));
        Assert.Equal(Now + TimeSpan.FromSeconds(9), record!.Expires);
    }
}
