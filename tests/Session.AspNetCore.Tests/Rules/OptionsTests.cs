using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Rules;

public sealed class OptionsTests
{
    private static readonly Action<ServerSessionOptions> Strict = static options =>
    {
        options.Cookie.Name = "__Host-sid";
        options.Cookie.Secure = SessionCookieSecure.Always;
    };

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_a_secret_the_application_does_not_start_and_says_what_to_do(string? secret)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(Nothing, options => options.Secret = secret)
        );

        Assert.Contains("Set ServerSessionOptions.Secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_secret_is_warned_about_without_showing_it()
    {
        await using var app = await TestApp.StartAsync(Nothing, static options => options.Secret = "canary");

        Assert.Equal(1, app.Logs.Count("ShortSecret"));
        Assert.DoesNotContain("canary", app.Logs.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "previous secret empty", "PreviousSecrets" },
            { "name empty", "Name" },
            { "name with space", "Name" },
            { "name with control", "Name" },
            { "name with semicolon", "Name" },
            { "name too long", "too long" },
            { "path with semicolon", "Path" },
            { "path with newline", "Path" },
            { "domain with semicolon", "Domain" },
            { "domain with newline", "Domain" },
            { "path too long", "1024" },
            { "sameSite none without secure", "SameSite" },
            { "partitioned without secure", "Partitioned" },
            { "__Host- without secure", "__Host-" },
            { "__Host- with domain", "__Host-" },
            { "__Host- with path", "__Host-" },
            { "__HOST- in capitals", "__Host-" },
            { "__Secure- without secure", "__Secure-" },
            { "cookie null", "Cookie" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Options_that_browsers_would_drop_or_that_break_the_header_are_refused_at_start(string mistake, string named)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(Nothing, options => Make(mistake, options))
        );

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_prefixed_secure_cookie_is_fine()
    {
        await using var app = await TestApp.StartAsync(Nothing, Strict);

        using var response = await app.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_defaults_are_those_that_are_documented()
    {
        var options = new ServerSessionOptions();
        await using var app = await TestApp.StartAsync(static context =>
        {
            context.GetServerSession().Set("n", 1);
            return context.Response.WriteAsync(context.GetServerSession().Id);
        });

        using var response = await app.GetAsync();

        Assert.Equal("connect.sid", options.Cookie.Name);
        Assert.False(options.Resave || options.SaveUninitialized || options.Rolling);
        Assert.Equal(SessionUnset.Keep, options.Unset);
        Assert.Matches("^[A-Za-z0-9_-]{32}$", await response.BodyAsync());
        Assert.EndsWith("; Path=/; HttpOnly; SameSite=Lax", response.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_are_never_the_same_twice()
    {
        await using var app = await TestApp.StartAsync(static context => context.Response.WriteAsync(context.GetServerSession().Id));
        var ids = new HashSet<string>();

        for (var i = 0; i < 500; i++)
        {
            using var response = await app.GetAsync();
            Assert.True(ids.Add(await response.BodyAsync()));
        }
    }

    [Fact]
    public async Task The_memory_store_is_warned_about_in_production_only()
    {
        foreach (var (environment, expected) in new[] { ("Production", 1), ("Development", 0) })
        {
            using var logs = new LogLines();
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
            builder.Logging.AddProvider(logs);
            builder.Services.AddServerSessions(static options => options.Secret = TestApp.Secret);
            await using var app = builder.Build();
            app.UseServerSessions();
            Assert.Equal(expected, logs.Count("MemoryStoreInProduction"));
        }
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("Cookie.MaxAge", 1)]
    [InlineData("IdleTimeout", 1)]
    [InlineData("AbsoluteTimeout", 1)]
    [InlineData("IdleTimeout and Resave", 0)]
    public async Task A_store_that_cannot_touch_is_warned_about_if_sessions_have_a_lifetime(string set, int expected)
    {
        var hour = TimeSpan.FromHours(1);
        using var inner = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Nothing,
            options =>
            {
                options.Cookie.MaxAge = set == "Cookie.MaxAge" ? hour : null;
                options.IdleTimeout = set.StartsWith("IdleTimeout", StringComparison.Ordinal) ? hour : null;
                options.AbsoluteTimeout = set == "AbsoluteTimeout" ? hour * 48 : null;
                options.Resave = set.EndsWith("Resave", StringComparison.Ordinal);
            },
            new UntouchableStore(inner)
        );

        Assert.Equal(expected, app.Logs.Count("StoreCannotTouch"));
    }

    [Fact]
    public async Task A_minimal_api_takes_the_session_as_a_parameter()
    {
        await using var app = await TestApp.StartAsync(Nothing, before: static app =>
        {
            app.UseRouting();
            app.UseServerSessions();
            app.MapGet("/visits", static (ServerSession session) =>
            {
                session.Set("visits", session.Get<int>("visits") + 1);
                return session.Get<int>("visits");
            });
            app.UseEndpoints(static _ => { });
        });

        using var first = await app.GetAsync("/visits");
        using var second = await app.GetAsync("/visits", first.Cookie());

        Assert.Equal("1", await first.BodyAsync());
        Assert.Equal("2", await second.BodyAsync());
    }

    [Fact]
    public async Task Using_the_session_without_the_middleware_says_what_is_missing()
    {
        var context = new DefaultHttpContext();
        Assert.Contains(
            "UseServerSessions",
            Assert.Throws<InvalidOperationException>(() => context.GetServerSession()).Message,
            StringComparison.Ordinal
        );

        await using var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains(
            "AddServerSessions",
            Assert.Throws<InvalidOperationException>(() => app.UseServerSessions()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_that_is_logged_or_thrown_shows_an_id_a_cookie_a_secret_or_a_payload()
    {
        const string Canary = "canary-in-the-payload";
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("k", Canary);
                return context.Response.WriteAsync(context.GetServerSession().Id);
            },
            store: store
        );
        using var first = await app.GetAsync();
        var sid = await first.BodyAsync();
        await store.Inner.SetAsync(
            sid,
            new SessionRecord(System.Text.Encoding.UTF8.GetBytes($$"""{"cookie":{},"k":"{{Canary}}" """), null)
        );

        using var corrupt = await app.GetAsync(cookie: first.Cookie());
        using var tampered = await app.GetAsync(cookie: first.Cookie() + "x");
        store.Before = static call =>
            call == "set" ? throw new SessionStoreException("no", SessionStoreOperation.Set, "Test", true) : Task.CompletedTask;
        using var failed = await app.GetAsync();

        Assert.Equal((500, 200, 503), ((int)corrupt.StatusCode, (int)tampered.StatusCode, (int)failed.StatusCode));
        Assert.DoesNotContain(Canary, app.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestApp.Secret, app.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(sid, app.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Cookie().Split('.')[^1], app.Logs.Text, StringComparison.Ordinal);
    }

    private static Task Nothing(HttpContext context) => Task.CompletedTask;

    private static void Make(string mistake, ServerSessionOptions options)
    {
        switch (mistake)
        {
            case "previous secret empty":
                options.PreviousSecrets.Add("");
                break;
            case "name empty":
                options.Cookie.Name = "";
                break;
            case "name with space":
                options.Cookie.Name = "a b";
                break;
            case "name with control":
                options.Cookie.Name = "a\r\nb";
                break;
            case "name with semicolon":
                options.Cookie.Name = "a;b";
                break;
            case "name too long":
                options.Cookie.Name = new string('n', 3000);
                break;
            case "path with semicolon":
                options.Cookie.Path = "/; HttpOnly";
                break;
            case "path with newline":
                options.Cookie.Path = "/\r\nX: y";
                break;
            case "domain with semicolon":
                options.Cookie.Domain = "example.com; Secure";
                break;
            case "domain with newline":
                options.Cookie.Domain = "example.com\r\n";
                break;
            case "path too long":
                options.Cookie.Path = "/" + new string('p', 1024);
                break;
            case "sameSite none without secure":
                options.Cookie.SameSite = SameSiteMode.None;
                break;
            case "partitioned without secure":
                options.Cookie.Partitioned = true;
                break;
            case "__Host- without secure":
                options.Cookie.Name = "__Host-sid";
                break;
            case "__Host- with domain":
                Strict(options);
                options.Cookie.Domain = "example.com";
                break;
            case "__Host- with path":
                Strict(options);
                options.Cookie.Path = "/app";
                break;
            case "__HOST- in capitals":
                Strict(options);
                options.Cookie.Name = "__HOST-sid";
                break;
            case "__Secure- without secure":
                options.Cookie.Name = "__Secure-sid";
                break;
            case "cookie null":
                options.Cookie = null!;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mistake));
        }
    }
}
