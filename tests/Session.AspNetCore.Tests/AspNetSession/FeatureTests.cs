using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>Where in a pipeline <c>HttpContext.Session</c> is the session of this library.</summary>
public sealed class FeatureTests
{
    [Fact]
    public async Task In_front_of_the_middleware_there_is_none_and_behind_it_until_the_request_ends_there_is_one()
    {
        var seen = new List<string>();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                seen.Add(Describe(context));
                context.Response.OnStarting(() =>
                {
                    seen.Add(Describe(context));
                    return Task.CompletedTask;
                });
                return Task.CompletedTask;
            },
            before: app =>
                app.Use(
                    async (context, next) =>
                    {
                        seen.Add(Describe(context));
                        await next(context);
                        seen.Add(Describe(context));
                    }
                )
        );

        using (await app.GetAsync()) { }

        Assert.Equal(["none", "SessionFeature", "SessionFeature", "SessionFeature"], seen);
    }

    [Fact]
    public async Task Without_the_middleware_it_is_the_error_of_AspNetCore()
    {
        var context = new DefaultHttpContext();

        Assert.Contains(
            "Session has not been configured",
            Assert.Throws<InvalidOperationException>(() => context.Session).Message,
            StringComparison.Ordinal
        );
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_feature_of_a_middleware_in_front_is_back_behind_it()
    {
        var outer = new OuterFeature();
        ISessionFeature? after = null;
        await using var app = await TestApp.StartAsync(
            static context => context.Response.WriteAsync(Describe(context)),
            before: app =>
                app.Use(
                    async (context, next) =>
                    {
                        context.Features.Set<ISessionFeature>(outer);
                        await next(context);
                        after = context.Features.Get<ISessionFeature>();
                    }
                )
        );

        using var response = await app.GetAsync();

        Assert.Equal("SessionFeature", await response.BodyAsync());
        Assert.Same(outer, after);
    }

    [Fact]
    public async Task A_session_that_the_application_sets_is_the_one_it_gets()
    {
        var own = new OuterFeature().Session;
        await using var app = await TestApp.StartAsync(async context =>
        {
            context.Session = own;
            Assert.Same(own, context.Session);
            context.GetServerSession().Set("user", "ada");
            await context.Response.WriteAsync("same");
        });

        using var response = await app.GetAsync();

        Assert.Equal("same", await response.BodyAsync());
        Assert.NotNull(response.SetCookie());
    }

    [Fact]
    public async Task The_middleware_twice_is_one_session_and_one_cookie()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Routes.Of(Routes.Set, Routes.Get), store: store, before: static app =>
            app.UseServerSessions()
        );

        using var begun = await app.GetAsync("/set");
        using var read = await app.GetAsync("/get", begun.Cookie());

        Assert.Equal("ada", await read.BodyAsync());
        Assert.Equal(["set", "get", "touch"], store.Calls);
    }

    [Fact]
    public async Task Sessions_that_have_a_name_are_not_those_of_HttpContext_Session()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession("admin").Set("user", "eve");
                context.Session.SetString("user", "ada");
                return context.Response.WriteAsync(
                    $"{context.GetServerSession("admin").Get<string>("user")} {context.GetServerSession().Get<string>("user")}"
                );
            },
            before: static app => app.UseServerSessions("admin"),
            sessions: static sessions =>
                sessions.Services.AddServerSessions(
                    "admin",
                    static options =>
                    {
                        options.Secret = "the secret of the administrators, in tests only";
                        options.Cookie.Name = "admin.sid";
                    }
                )
        );

        using var response = await app.GetAsync();

        Assert.Equal("eve ada", await response.BodyAsync());
    }

    [Fact]
    public async Task A_consent_that_was_not_given_does_not_hold_the_cookie_back()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(Routes.Set),
            before: static app =>
                app.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = static _ => true })
        );

        using var begun = await app.GetAsync("/set");

        Assert.NotNull(begun.SetCookie());
    }

    [Fact]
    public void Without_its_services_the_start_stops_and_says_what_to_call()
    {
        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());

        Assert.Contains(
            "AddServerSessions",
            Assert.Throws<InvalidOperationException>(() => app.UseServerSessions()).Message,
            StringComparison.Ordinal
        );
    }

    private static string Describe(HttpContext context) => context.Features.Get<ISessionFeature>()?.Session.GetType().Name ?? "none";

    private sealed class OuterFeature : ISessionFeature
    {
        public ISession Session { get; set; } = new OuterSession();
    }

    private sealed class OuterSession : ISession
    {
        public bool IsAvailable => true;

        public string Id => "outer";

        public IEnumerable<string> Keys => [];

        public void Clear() { }

        public Task CommitAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task LoadAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public void Remove(string key) { }

        public void Set(string key, byte[] value) { }

        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? value)
        {
            value = Encoding.UTF8.GetBytes("outer");
            return true;
        }
    }
}
