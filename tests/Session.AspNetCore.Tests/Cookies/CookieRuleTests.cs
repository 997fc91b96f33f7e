using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookies;

/// <summary>
/// The rules by which browsers drop a cookie hold at every door: options, the options of one request, attributes that a request sets.
/// </summary>
public sealed class CookieRuleTests
{
    public static TheoryData<string, string> Mistakes =>
        new()
        {
            { "none without secure", "SameSite" },
            { "partitioned without secure", "Partitioned" },
            { "domain too long", "1024" },
            { "path too long", "1024" },
            { "undefined same-site", "SameSite" },
            { "undefined priority", "Priority" },
            { "ten years", "400 days" },
            { "__Host- not secure", "__Host-" },
            { "__Host- with path", "__Host-" },
            { "__Host- without path", "__Host-" },
            { "__Host- with domain", "__Host-" },
            { "__Secure- not secure", "__Secure-" },
            { "__Http- not secure", "__Http-" },
            { "__Http- for scripts", "__Http-" },
            { "__Host-Http- not secure", "__Host-Http-" },
            { "__Host-Http- for scripts", "__Host-Http-" },
            { "__Host-Http- with path", "__Host-Http-" },
            { "__Host-Http- with domain", "__Host-Http-" },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Options_are_refused_at_start(string mistake, string named)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(Write, options =>
            {
                options.Cookie = Good(NameOf(mistake));
                Spoil(mistake, options.Cookie);
            }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Options_of_one_request_are_refused_when_a_session_is_made(string mistake, string named)
    {
        using var store = new RecordingStore();
        Exception? failure = null;
        await using var app = await TestApp.StartAsync(
            context =>
            {
                failure = Record.Exception(() => context.GetServerSession());
                return Task.CompletedTask;
            },
            options =>
            {
                options.Cookie.Name = NameOf(mistake);
                options.CookiePerRequest = _ =>
                {
                    var cookie = Good();
                    Spoil(mistake, cookie);
                    return cookie;
                };
            },
            store
        );

        using var response = await app.GetAsync(mistake == "path too long" ? LongPath : "/app");

        Assert.Contains(named, Assert.IsType<SessionCookieException>(failure).Message, StringComparison.Ordinal);
        Assert.Empty(store.Calls);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Attributes_that_a_request_sets_are_an_error_before_anything_is_stored(string mistake, string named)
    {
        foreach (var way in new[] { "/no-body", "/body", "/save" })
        {
            using var store = new RecordingStore();
            Exception? failure = null;
            await using var app = await TestApp.StartAsync(
                async context =>
                {
                    var session = context.GetServerSession();
                    session.Set("n", 1);
                    Spoil(mistake, session.Cookie);
                    switch (way)
                    {
                        case "/body":
                            await context.Response.WriteAsync("signed in");
                            break;
                        case "/save":
                            await session.SaveAsync();
                            break;
                    }
                },
                options =>
                {
                    (options.Proxy, options.Cookie) = (SessionProxy.TrustForwardedProto, Good(NameOf(mistake)));
                },
                store,
                before: app => Microsoft.AspNetCore.Builder.UseExtensions.Use(app, async (context, next) =>
                    {
                        failure = await Record.ExceptionAsync(() => next(context));
                        context.Response.StatusCode = 500;
                    })
            );

            using var response = await app.ForwardedAsync(way, proto: "https");

            Assert.Contains(named, Assert.IsType<SessionCookieException>(failure).Message, StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Set-Cookie"));
            Assert.Empty(store.Calls);
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task With_EnforceCookieRules_off_it_is_sent_as_express_session_sends_it(string mistake, string named)
    {
        await using var app = await TestApp.StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                session.Set("n", 1);
                Spoil(mistake, session.Cookie);
                return Task.CompletedTask;
            },
            options =>
            {
                (options.Proxy, options.Cookie, options.EnforceCookieRules) = (
                    SessionProxy.TrustForwardedProto,
                    Good(NameOf(mistake)),
                    false
                );
                if (!mistake.StartsWith("undefined", StringComparison.Ordinal))
                {
                    // express-session takes no option with such a value.
                    Spoil(mistake, options.Cookie);
                }
            }
        );

        using var response = await app.ForwardedAsync(mistake == "path too long" ? LongPath : "/app/x", proto: "https");

        Assert.NotNull(response.SetCookie(NameOf(mistake)));
        Assert.NotEmpty(named);
    }

    [Fact]
    public async Task A_session_that_Node_has_stored_with_what_browsers_drop_is_read_and_its_cookie_sent_as_Node_sends_it()
    {
        // Signed with "keyboard cat".
        const string Sid = "AbCdEfGhIjKlMnOpQrStUvWxYz012345";
        const string Cookie = $"connect.sid=s%3A{Sid}.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618";
        using var store = new RecordingStore();
        await store.Inner.SetAsync(
            Sid,
            new SessionRecord(
                """{"cookie":{"originalMaxAge":315360000000,"expires":"2080-01-01T00:00:00.000Z","secure":false,"httpOnly":true,"path":"/","sameSite":"none"},"user":"ada"}"""u8.ToArray(),
                null
            )
        );
        await using var app = await TestApp.StartAsync(
            static context => context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody"),
            static options => (options.Secret, options.Rolling) = ("keyboard cat", true),
            store
        );

        using var response = await app.GetAsync(cookie: Cookie);

        Assert.Equal("ada", await response.BodyAsync());
        Assert.EndsWith("; HttpOnly; SameSite=None", response.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_with_which_the_cookie_is_too_long_is_an_error_before_anything_is_stored()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Write,
            static options => options.GenerateSid = static _ => new string('€', ServerSessions.Sid.MaxLength),
            store
        );

        using var response = await app.GetAsync();

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Empty(store.Calls);
        Assert.Contains("GenerateSid", app.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_lifetime_that_is_over_ends_the_session_and_is_no_mistake(int seconds)
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            var session = context.GetServerSession();
            session.Set("n", session.Get<int>("n") + 1);
            if (context.Request.Path == "/end")
            {
                session.Cookie.MaxAge = TimeSpan.FromSeconds(seconds);
                await session.SaveAsync();
            }
        });
        using var begin = await app.GetAsync("/");

        using var end = await app.GetAsync("/end", begin.Cookie());

        Assert.Equal(200, (int)end.StatusCode);
        Assert.Contains("; Expires=", end.SetCookie(), StringComparison.Ordinal);
    }

    private static string LongPath => "/" + new string('p', 1100);

    private static Task Write(HttpContext context)
    {
        context.GetServerSession().Set("n", 1);
        return Task.CompletedTask;
    }

    private static string NameOf(string mistake) =>
        mistake.StartsWith("__", StringComparison.Ordinal) ? mistake.Split(' ')[0] + "sid" : "sid";

    private static SessionCookieOptions Good(string name = SessionCookieOptions.DefaultName) =>
        new()
        {
            Name = name,
            Secure = SessionCookieSecure.Always,
            HttpOnly = true,
            Path = "/",
        };

    private static void Spoil(string mistake, SessionCookieOptions cookie)
    {
        var probe = new SessionCookie(TimeProvider.System) { Secure = true };
        Spoil(mistake, probe);
        cookie.Secure = probe.Secure == true ? SessionCookieSecure.Always : SessionCookieSecure.Auto;
        (cookie.SameSite, cookie.Priority, cookie.Partitioned) = (ModeOf(probe.SameSite), probe.Priority, probe.Partitioned == true);
        (cookie.Path, cookie.Domain, cookie.HttpOnly) = (probe.Path, probe.Domain, probe.HttpOnly == true);
        cookie.MaxAge = probe.OriginalMaxAge;
    }

    private static SameSiteMode ModeOf(SessionSameSite? sameSite) =>
        sameSite switch
        {
            null => SameSiteMode.Unspecified,
            SessionSameSite.None => SameSiteMode.None,
            { } undefined => (SameSiteMode)undefined,
        };

    private static void Spoil(string mistake, SessionCookie cookie)
    {
        switch (mistake)
        {
            case "none without secure":
                (cookie.SameSite, cookie.Secure) = (SessionSameSite.None, false);
                break;
            case "partitioned without secure":
                (cookie.Partitioned, cookie.Secure) = (true, false);
                break;
            case "domain too long":
                cookie.Domain = string.Join('.', Enumerable.Repeat("label", 250));
                break;
            case "path too long":
                cookie.Path = LongPath;
                break;
            case "undefined same-site":
                cookie.SameSite = (SessionSameSite)99;
                break;
            case "undefined priority":
                cookie.Priority = (SessionCookiePriority)99;
                break;
            case "ten years":
                cookie.MaxAge = TimeSpan.FromDays(3650);
                break;
            case "__Host- without path":
                cookie.Path = null;
                break;
            case var _ when mistake.EndsWith("not secure", StringComparison.Ordinal):
                cookie.Secure = false;
                break;
            case var _ when mistake.EndsWith("with path", StringComparison.Ordinal):
                cookie.Path = "/app";
                break;
            case var _ when mistake.EndsWith("with domain", StringComparison.Ordinal):
                cookie.Domain = "example.com";
                break;
            case var _ when mistake.EndsWith("for scripts", StringComparison.Ordinal):
                cookie.HttpOnly = false;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mistake), mistake, "No such mistake.");
        }
    }
}
