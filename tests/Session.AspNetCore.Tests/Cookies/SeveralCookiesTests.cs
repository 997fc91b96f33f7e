using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Cookies;

/// <summary>A cookie that another site has set beside the session's does not replace it.</summary>
public sealed class SeveralCookiesTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));

    public static TheoryData<string> Junk =>
        ["junk", "", "\"\"", "s%3A", "s%3Aother.xyz", "s%3Aother.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", "%FF%FE", "j%3A%7B%7D"];

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task A_cookie_that_is_not_signed_does_not_lock_the_user_out(string junk)
    {
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/begin/alice");
        var cookie = begin.Cookie();

        foreach (
            var header in new[]
            {
                $"connect.sid={junk}; {cookie}",
                $"{cookie}; connect.sid={junk}",
                $"a=b; connect.sid={junk}; connect.sid={junk}; {cookie}; c=d",
            }
        )
        {
            using var read = await app.GetAsync("/", header);
            Assert.Equal("alice", await read.BodyAsync());
        }

        Assert.Equal(0, app.Logs.Count("TwoSessionCookies"));
    }

    [Fact]
    public async Task It_does_not_in_a_header_of_its_own_either()
    {
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/begin/alice");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Cookie", "connect.sid=junk");
        request.Headers.TryAddWithoutValidation("Cookie", begin.Cookie());

        using var read = await app.Client.SendAsync(request);

        Assert.Equal("alice", await read.BodyAsync());
    }

    [Fact]
    public async Task Eight_are_tried_and_no_more()
    {
        await using var app = await StartAsync();
        using var begin = await app.GetAsync("/begin/alice");

        using var eighth = await app.GetAsync("/", $"{Repeat(7)}{begin.Cookie()}");
        using var ninth = await app.GetAsync("/", $"{Repeat(8)}{begin.Cookie()}");

        Assert.Equal("alice", await eighth.BodyAsync());
        Assert.Equal("nobody", await ninth.BodyAsync());

        static string Repeat(int count) => string.Concat(Enumerable.Repeat("connect.sid=junk; ", count));
    }

    [Fact]
    public async Task Of_two_sessions_the_first_is_used_and_that_is_logged_once_a_minute_without_a_value()
    {
        await using var app = await StartAsync();
        using var alice = await app.GetAsync("/begin/alice");
        using var mallory = await app.GetAsync("/begin/mallory");
        var both = $"{mallory.Cookie()}; {alice.Cookie()}";

        using var first = await app.GetAsync("/", both);
        using var second = await app.GetAsync("/", both);
        Assert.Equal(("mallory", "mallory", 1), (await first.BodyAsync(), await second.BodyAsync(), app.Logs.Count("TwoSessionCookies")));

        _time.Advance(TimeSpan.FromMinutes(1));
        using var later = await app.GetAsync("/", both);
        Assert.Equal(2, app.Logs.Count("TwoSessionCookies"));
        foreach (var response in new[] { alice, mallory })
        {
            Assert.DoesNotContain(response.Cookie().Split('=')[1], app.Logs.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_cookie_twice_is_one_session_and_no_line()
    {
        await using var app = await StartAsync();
        using var alice = await app.GetAsync("/begin/alice");

        using var read = await app.GetAsync("/", $"{alice.Cookie()}; {alice.Cookie()}");

        Assert.Equal(("alice", 0), (await read.BodyAsync(), app.Logs.Count("TwoSessionCookies")));
    }

    [Fact]
    public async Task With_FirstCookieOnly_the_first_counts_whatever_it_is_as_in_express_session()
    {
        await using var app = await StartAsync(static options => options.FirstCookieOnly = true);
        using var alice = await app.GetAsync("/begin/alice");

        using var behind = await app.GetAsync("/", $"connect.sid=junk; {alice.Cookie()}");
        using var before = await app.GetAsync("/", $"{alice.Cookie()}; connect.sid=junk");

        Assert.Equal(("nobody", "alice"), (await behind.BodyAsync(), await before.BodyAsync()));
    }

    private Task<TestApp> StartAsync(Action<ServerSessionOptions>? options = null) =>
        TestApp.StartAsync(
            static context =>
            {
                if (context.Request.Path.StartsWithSegments("/begin", out var user))
                {
                    context.GetServerSession().Set("user", user.Value![1..]);
                }

                return context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody");
            },
            options,
            time: _time
        );
}
