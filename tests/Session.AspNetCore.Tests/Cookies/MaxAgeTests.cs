using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Cookies;

/// <summary>
/// <c>Max-Age</c> beside <c>Expires</c>: what is left, by the clock of the server alone, on every path that sends the cookie.
/// </summary>
public sealed class MaxAgeTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 700, TimeSpan.Zero));

    public static TheoryData<string, int> Paths =>
        new()
        {
            { "/new", 1800 },
            { "/changed", 1800 },
            { "/rolled", 1800 },
            { "/renewed", 1800 },
            { "/emptied", 1800 },
            { "/longer", 7200 },
            { "/fraction", 1 },
            { "/first-byte", 1800 },
            { "/at-the-headers", 60 },
        };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Wherever_the_cookie_is_sent_it_has_the_seconds_that_are_left_in_front_of_the_other_attributes(
        string path,
        int seconds
    )
    {
        await using var app = await StartAsync(static options => (options.Rolling, options.Cookie.SendMaxAge) = (true, true));
        using var begin = await app.GetAsync("/begin");
        _time.Advance(TimeSpan.FromMinutes(10));

        using var sent = await app.GetAsync(path, path == "/new" ? null : begin.Cookie());

        var parts = sent.SetCookie()!.Split("; ");
        Assert.Equal($"Max-Age={seconds}", parts[1]);
        Assert.Equal("Path=/", parts[2]);

        // Whole seconds of an instant that has a fraction: the two are a second apart at most.
        var end = DateTimeOffset.Parse(parts[3]["Expires=".Length..], CultureInfo.InvariantCulture);
        Assert.InRange(_time.GetUtcNow().AddSeconds(seconds) - end, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("/destroyed")]
    [InlineData("/unset")]
    [InlineData("/over")]
    public async Task A_cookie_that_ends_one_has_a_Max_Age_of_zero(string path)
    {
        await using var app = await StartAsync(static options =>
            (options.Rolling, options.Unset, options.Cookie.SendMaxAge) = (true, SessionUnset.Destroy, true)
        );
        using var begin = await app.GetAsync("/begin");

        using var ended = await app.GetAsync(path, begin.Cookie());

        Assert.Equal("Max-Age=0", ended.SetCookie()!.Split("; ")[1]);
        Assert.Contains("; Expires=", ended.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_passes_the_absolute_lifetime_no_more_than_Expires_does()
    {
        await using var app = await StartAsync(static options =>
            (options.Rolling, options.AbsoluteTimeout, options.Cookie.SendMaxAge) = (true, TimeSpan.FromMinutes(45), true)
        );
        using var begin = await app.GetAsync("/begin");
        _time.Advance(TimeSpan.FromMinutes(20));
        using var rolled = await app.GetAsync("/rolled", begin.Cookie());

        Assert.Equal("Max-Age=1500", rolled.SetCookie()!.Split("; ")[1]);
    }

    [Fact]
    public async Task Beyond_400_days_which_browsers_do_not_keep_it_is_400_days()
    {
        await using var app = await StartAsync(static options =>
        {
            options.EnforceCookieRules = false;
            (options.Cookie.MaxAge, options.Cookie.SendMaxAge) = (TimeSpan.FromDays(4000), true);
        });

        using var begin = await app.GetAsync("/begin");

        Assert.Equal("Max-Age=34560000", begin.SetCookie()!.Split("; ")[1]);
    }

    [Fact]
    public async Task A_cookie_without_an_end_has_none()
    {
        await using var app = await StartAsync(static options => (options.Cookie.MaxAge, options.Cookie.SendMaxAge) = (null, true));

        using var begin = await app.GetAsync("/begin");

        Assert.EndsWith("; Path=/; HttpOnly; SameSite=Lax", begin.SetCookie(), StringComparison.Ordinal);
        Assert.DoesNotContain("Max-Age", begin.SetCookie(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/begin")]
    [InlineData("/destroyed")]
    public async Task By_default_it_is_not_sent_as_in_express_session(string path)
    {
        await using var app = await StartAsync(static _ => { });
        using var begin = await app.GetAsync("/begin");

        using var sent = await app.GetAsync(path, begin.Cookie());

        Assert.DoesNotContain("Max-Age", begin.SetCookie() + sent.SetCookie(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_options_of_a_request_say_it_for_that_request()
    {
        await using var app = await StartAsync(static options =>
            (options.Rolling, options.CookiePerRequest) = (true, static context => new SessionCookieOptions
            {
                MaxAge = Life,
                SendMaxAge = context.Request.Path == "/rolled",
            })
        );
        using var begin = await app.GetAsync("/begin");

        using var with = await app.GetAsync("/rolled", begin.Cookie());
        using var without = await app.GetAsync("/other", begin.Cookie());

        Assert.Equal("Max-Age=1800", with.SetCookie()!.Split("; ")[1]);
        Assert.DoesNotContain("Max-Age", begin.SetCookie() + without.SetCookie(), StringComparison.Ordinal);
    }

    private Task<TestApp> StartAsync(Action<ServerSessionOptions> configure) =>
        TestApp.StartAsync(
            HandleAsync,
            options =>
            {
                options.Cookie.MaxAge = Life;
                configure(options);
            },
            time: _time
        );

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/begin":
            case "/new":
            case "/changed":
                session.Set("at", context.TraceIdentifier);
                break;
            case "/renewed":
                await session.RenewIdAsync();
                break;
            case "/emptied":
                await session.RegenerateAsync();
                session.Set("n", 1);
                break;
            case "/longer":
                session.Cookie.MaxAge = TimeSpan.FromHours(2);
                break;
            case "/fraction":
                session.Cookie.MaxAge = TimeSpan.FromMilliseconds(1999);
                break;
            case "/first-byte":
                await context.Response.WriteAsync("first");
                break;
            case "/at-the-headers":
                context.Response.OnStarting(() =>
                {
                    session.Cookie.MaxAge = TimeSpan.FromMinutes(1);
                    return Task.CompletedTask;
                });
                break;
            case "/destroyed":
                await session.DestroyAsync();
                break;
            case "/unset":
                context.UnsetServerSession();
                break;
            case "/over":
                session.Cookie.MaxAge = TimeSpan.FromSeconds(-5);
                break;
        }
    }
}
