using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Events;

/// <summary>How a request with a session cookie that gets no session is seen.</summary>
public sealed class RejectionTests
{
    [Theory]
    [InlineData("connect.sid=s%3Astolen.0000000000000000000000000000000000000000000")]
    [InlineData("connect.sid=whatever")]
    [InlineData("connect.sid=")]
    public async Task A_cookie_without_a_valid_signature_is_forged(string cookie)
    {
        await using var app = await EventSite.StartAsync();
        using var response = await app.GetAsync("/read", cookie);
        Assert.Equal(["rejected: Forged"], app.Events().Lines);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other=1")]
    public async Task A_request_without_a_session_cookie_is_not_rejected(string? cookie)
    {
        await using var app = await EventSite.StartAsync();
        using var response = await app.GetAsync("/read", cookie);
        Assert.Empty(app.Events().Lines);
    }

    [Theory]
    [InlineData("{0}; connect.sid=forged")]
    [InlineData("connect.sid=forged; {0}")]
    public async Task A_forged_cookie_beside_a_valid_one_is_not_rejected(string cookies)
    {
        await using var app = await EventSite.StartAsync();
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        using var response = await app.GetAsync("/read", string.Format(null, cookies, begin.Cookie()));
        Assert.Empty(app.Events().Lines);
    }

    [Theory]
    [InlineData("/destroy", "rejected: Unknown")]
    [InlineData("/renew", "rejected: Ended")]
    public async Task An_id_of_a_session_that_has_ended_is_rejected(string path, string rejected)
    {
        await using var app = await EventSite.StartAsync();
        using var begin = await app.GetAsync("/write");
        using var ended = await app.GetAsync(path, begin.Cookie());
        app.Events().Forget();

        using var response = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal([rejected], app.Events().Lines);
    }

    [Fact]
    public async Task A_record_that_cannot_be_decrypted_is_rejected()
    {
        using var store = new RecordingStore();
        await using var app = await EventSite.StartAsync(
            store,
            static options => options.Protection.Key = Convert.ToBase64String(new byte[32].Select(static (_, i) => (byte)i).ToArray())
        );
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        var entry = await store.Inner.AllAsync().SingleAsync();
        await store.Inner.SetAsync(entry.Sid, new SessionRecord("""{"cookie":{"originalMaxAge":null},"n":1}"""u8, null));

        using var response = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(["rejected: Unreadable"], app.Events().Lines);
    }

    [Fact]
    public async Task A_session_of_another_device_is_rejected_and_stays_as_it_is()
    {
        var clock = new FakeTimeProvider();
        using var store = new RecordingStore(clock);
        await using var app = await EventSite.StartAsync(
            store,
            static options =>
            {
                options.IdleTimeout = TimeSpan.FromMinutes(10);
                options.IsOtherDevice = static (context, session) =>
                    session.Get<string>("device") is { } device && device != context.Request.Headers.UserAgent;
            },
            clock
        );
        using var phone = ClientOf(app, "phone");
        using var thief = ClientOf(app, "thief");
        using var begin = await app.GetAsync("/device", client: phone);
        var expires = (await store.TheOnlySessionAsync()).Expires;
        app.Events().Forget();
        clock.Advance(TimeSpan.FromMinutes(5));

        using var stolen = await app.GetAsync("/read", begin.Cookie(), thief);
        Assert.Equal(["rejected: OtherDevice"], app.Events().Lines);
        Assert.Equal(expires, (await store.TheOnlySessionAsync()).Expires);
        using var signedOut = await app.GetAsync("/destroy", begin.Cookie(), thief);
        Assert.NotNull(await store.TheOnlySessionAsync());

        app.Events().Forget();
        using var own = await app.GetAsync("/write", begin.Cookie(), phone);
        Assert.Equal(["changed"], app.Events().Lines);
    }

    [Fact]
    public async Task A_device_is_compared_with_a_session_that_can_only_be_read()
    {
        Exception? refused = null;
        await using var app = await EventSite.StartAsync(
            options: options =>
                options.IsOtherDevice = (_, session) =>
                {
                    refused = Record.Exception(() => session.Set("seen", true));
                    return false;
                }
        );
        using var begin = await app.GetAsync("/write");
        using var response = await app.GetAsync("/read", begin.Cookie());

        Assert.IsType<InvalidOperationException>(refused);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Work_outside_of_requests_has_the_session_of_its_request_and_rejects_none()
    {
        ServerSessionReference? reference = null;
        await using var app = await EventSite.StartAsync(
            options: static options =>
                options.IsOtherDevice = static (context, session) =>
                    session.Get<string>("device") is { } device && device != context.Request.Headers.UserAgent,
            act: async context =>
            {
                await EventSite.ActAsync(context);
                reference = context.GetServerSessionReference() ?? reference;
            }
        );
        using var phone = ClientOf(app, "phone");
        using var begin = await app.GetAsync("/device", client: phone);
        await using (var scope = await reference!.FindAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("phone", scope?.Session.Get<string>("device"));
        }

        using var end = await app.GetAsync("/destroy", begin.Cookie(), phone);
        app.Events().Forget();

        Assert.Null(await reference.FindAsync(TestContext.Current.CancellationToken));
        Assert.Empty(app.Events().Lines);
    }

    private static HttpClient ClientOf(TestApp app, string userAgent)
    {
        var client = app.NewClient();
        client.DefaultRequestHeaders.Add("User-Agent", userAgent);
        return client;
    }
}
