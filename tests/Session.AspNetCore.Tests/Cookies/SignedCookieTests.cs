using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookies;

/// <summary>The signed cookie, byte for byte as a real express-session wrote and read it.</summary>
public sealed class SignedCookieTests
{
    private const string Sid = "AbCdEfGhIjKlMnOpQrStUvWxYz012345";
    private const string Signed = "s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618";

    public static TheoryData<string, string, string, string> Vectors =>
        new()
        {
            { "keyboard cat", Sid, "plain", $"connect.sid={Signed}; Path=/; HttpOnly" },
            {
                "s3cr3t-✓-ключ",
                "8yHk_-Q2vT0aXzP9LmNbRcWdEfGhUjKi",
                "app",
                "connect.sid=s%3A8yHk_-Q2vT0aXzP9LmNbRcWdEfGhUjKi.bNdaCa7dJ1uyzWzESItXmRw%2FhCi3lnK2bYjM4BsSNhI; Path=/app; HttpOnly; "
                    + "SameSite=Lax"
            },
            {
                "a",
                "abc",
                "partitioned",
                "connect.sid=s%3Aabc.tP%2FmfSZ9nrGfgczW%2F83hRDKU0AiS1bZI8D5ZC1YlDO0; Domain=example.com; Path=/; Partitioned; "
                    + "Priority=High; SameSite=None"
            },
            {
                "keyboard cat",
                "user/1 é;,\"",
                "plain",
                "connect.sid=s%3Auser%2F1%20%C3%A9%3B%2C%22.pHzrJUdJCh9ThfDNZWwkDWKSRVhEqrgJTh2xje%2FIoF4; Path=/; HttpOnly"
            },
            { "keyboard cat", "sid-1", "plain", "connect.sid=s%3Asid-1.eEe3r09%2BjAL8OIuMtgUPgwsdJKOyhwptF%2BIj6ETZNiM; Path=/; HttpOnly" },
        };

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task The_cookie_is_the_one_that_express_session_sends(string secret, string sid, string cookie, string expected)
    {
        await using var app = await TestApp.StartAsync(
            context =>
            {
                context.GetServerSession().Set("n", 1);
                return Task.CompletedTask;
            },
            options =>
            {
                options.Secret = secret;
                options.GenerateSid = _ => sid;

                // express-session sends SameSite=None and Partitioned without Secure, too.
                options.EnforceCookieRules = false;
                options.CookiePerRequest = _ => CookieOf(cookie);
            }
        );

        using var response = await app.GetAsync("/app");

        Assert.Equal(expected, response.SetCookie());
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task The_cookie_that_express_session_sent_is_accepted(string secret, string sid, string cookie, string setCookie)
    {
        using var store = new RecordingStore();
        await store.SetAsync(
            sid,
            Record("""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"user":"Zoë"}"""),
            default
        );
        await using var app = await TestApp.StartAsync(
            context => context.Response.WriteAsync(context.GetServerSession().Get<string>("user") + context.GetServerSession().IsNew),
            options =>
            {
                options.Secret = secret;
                options.CookiePerRequest = _ => CookieOf(cookie);
            },
            store
        );

        using var response = await app.GetAsync("/app", setCookie.Split(';')[0]);

        Assert.Equal("ZoëFalse", await response.BodyAsync());
    }

    [Theory]
    [InlineData($"connect.sid={Signed}", true)]
    [InlineData($"a=b; connect.sid={Signed}; c=d", true)]
    [InlineData($"a=b;connect.sid={Signed};c=d", true)]
    [InlineData($" \t connect.sid \t = \t {Signed} \t ;", true)]
    [InlineData($"connect.sid=\"{Signed}\"", true)]
    [InlineData("connect.sid=s:AbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3/Fvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", true)]
    [InlineData($"nonsense; ; =; connect.sid={Signed}", true)]
    [InlineData($"connect.sid={Signed}; connect.sid=s%3Aother.xyz", true)]
    [InlineData($"connect.sid=s%3Aother.xyz; connect.sid={Signed}", false)]
    [InlineData($"connect.sid=; connect.sid={Signed}", false)]
    [InlineData($"Connect.sid={Signed}", false)]
    [InlineData($"connect%2Esid={Signed}", false)]
    [InlineData($"xconnect.sid={Signed}", false)]
    [InlineData($"=connect.sid={Signed}", false)]
    [InlineData("connect.sid", false)]
    [InlineData("connect.sid=", false)]
    [InlineData("connect.sid=s%3A", false)]
    [InlineData("connect.sid=s%3A.", false)]
    [InlineData("connect.sid=s%3A.i7mQxAp9YcuXWXqUISUCW%2BUKyL63RDbjc1uYiTp%2FZiA", false)]
    [InlineData("connect.sid=AbCdEfGhIjKlMnOpQrStUvWxYz012345", false)]
    [InlineData("connect.sid=AbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k661", false)]
    [InlineData($"connect.sid={Signed}%3D", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6619", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k661%20", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.%20Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k661", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k661%C2%B8", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3_Fvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", false)]
    [InlineData("connect.sid=s%3AabCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", false)]
    [InlineData("connect.sid=S%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618", false)]
    [InlineData("connect.sid=s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618%", false)]
    [InlineData("connect.sid=%FF%FE", false)]
    [InlineData("connect.sid=j%3A%7B%7D", false)]
    public async Task A_cookie_header_is_read_as_the_cookie_package_reads_it(string header, bool accepted)
    {
        using var store = new RecordingStore();
        await store.SetAsync(Sid, Record("""{"cookie":{},"n":1}"""), default);
        store.Forget();
        await using var app = await TestApp.StartAsync(
            context => context.Response.WriteAsync(context.GetServerSession().IsNew ? "new" : "found"),
            options => (options.Secret, options.FirstCookieOnly) = ("keyboard cat", true),
            store
        );

        using var response = await app.GetAsync(cookie: header);

        Assert.Equal(accepted ? "found" : "new", await response.BodyAsync());
        Assert.Null(response.SetCookie());
        Assert.Equal(accepted ? ["get", "touch"] : [], store.Calls);
    }

    [Fact]
    public async Task Every_single_changed_character_of_the_cookie_makes_it_worthless()
    {
        using var store = new RecordingStore();
        await store.SetAsync(Sid, Record("""{"cookie":{},"n":1}"""), default);
        store.Forget();
        await using var app = await TestApp.StartAsync(
            context => context.Response.WriteAsync(context.GetServerSession().IsNew ? "new" : "found"),
            options => options.Secret = "keyboard cat",
            store
        );
        var value = Uri.UnescapeDataString(Signed);

        for (var i = 0; i < value.Length; i++)
        {
            var changed = value[..i] + (value[i] == 'x' ? 'y' : 'x') + value[(i + 1)..];
            using var response = await app.GetAsync(cookie: $"connect.sid={Uri.EscapeDataString(changed)}");
            Assert.Equal("new", await response.BodyAsync());
        }

        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task A_cookie_of_32_KB_ends_with_431_or_is_worthless_and_the_next_request_is_served()
    {
        await using var app = await TestApp.StartAsync(context =>
            context.Response.WriteAsync(context.GetServerSession().IsNew ? "new" : "found")
        );

        using var tooLarge = await app.GetAsync(cookie: "connect.sid=s%3A" + new string('a', 32 * 1024), client: app.NewClient());
        using var large = await app.GetAsync(cookie: "connect.sid=s%3A" + new string('a', 16 * 1024) + ".b", client: app.NewClient());

        Assert.Equal(431, (int)tooLarge.StatusCode);
        Assert.Equal("new", await large.BodyAsync());
    }

    [Theory]
    [InlineData(Signed)]
    [InlineData("s:AbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3/Fvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618")]
    [InlineData("s%3aAbCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2fFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618")]
    [InlineData("s%3A%41bCdEfGhIjKlMnOpQrStUvWxYz012345.Rep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618")]
    [InlineData("s%3AAbCdEfGhIjKlMnOpQrStUvWxYz012345%2ERep3%2FFvg0qav4rmx0KMMPMPLPqwiVeA7cAX7m1k6618")]
    public async Task However_a_cookie_was_escaped_when_it_came_it_is_sent_as_express_session_sends_it(string value)
    {
        using var store = new RecordingStore();
        await store.SetAsync(Sid, Record("""{"cookie":{},"n":1}"""), default);
        await using var app = await TestApp.StartAsync(
            context => context.Response.WriteAsync(context.GetServerSession().IsNew ? "new" : "found"),
            options =>
            {
                options.Secret = "keyboard cat";
                options.Rolling = true;
            },
            store
        );

        using var response = await app.GetAsync(cookie: $"connect.sid={value}");

        Assert.Equal("found", await response.BodyAsync());
        Assert.Equal($"connect.sid={Signed}", response.Cookie());
    }

    [Fact]
    public async Task A_cookie_signed_with_a_former_secret_is_accepted_and_signed_anew_when_it_is_sent()
    {
        using var store = new RecordingStore();
        static Task Count(HttpContext context)
        {
            var session = context.GetServerSession();
            session.Set("n", session.Get<int>("n") + 1);
            return context.Response.WriteAsync($"{session.Get<int>("n")}");
        }

        string old;
        await using (var before = await TestApp.StartAsync(Count, options => options.Secret = "the first secret", store))
        {
            using var first = await before.GetAsync();
            old = first.Cookie();
        }

        await using var after = await TestApp.StartAsync(
            Count,
            options =>
            {
                options.Secret = "the second secret";
                options.PreviousSecrets.Add("the first secret");
                options.Rolling = true;
            },
            store
        );
        using var second = await after.GetAsync(cookie: old);
        Assert.Equal("2", await second.BodyAsync());
        Assert.NotEqual(old, second.Cookie());
        Assert.Equal(old.Split('.')[^2], second.Cookie().Split('.')[^2]);

        await using var withoutOld = await TestApp.StartAsync(Count, options => options.Secret = "the second secret", store);
        using var third = await withoutOld.GetAsync(cookie: second.Cookie());
        using var refused = await withoutOld.GetAsync(cookie: old);
        Assert.Equal("3", await third.BodyAsync());
        Assert.Equal("1", await refused.BodyAsync());
    }

    private static SessionRecord Record(string json) => new(System.Text.Encoding.UTF8.GetBytes(json), null);

    private static SessionCookieOptions CookieOf(string kind) =>
        kind switch
        {
            "app" => new()
            {
                Path = "/app",
                SameSite = SameSiteMode.Lax,
                Secure = SessionCookieSecure.Never,
            },
            "partitioned" => new()
            {
                HttpOnly = false,
                Domain = "example.com",
                Partitioned = true,
                Priority = SessionCookiePriority.High,
                SameSite = SameSiteMode.None,
                Secure = SessionCookieSecure.Never,
            },
            _ => new() { Secure = SessionCookieSecure.Never, SameSite = SameSiteMode.Unspecified },
        };
}
