using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Memory;

using static ServerSessions.Tests.Named.NamedApp;

namespace ServerSessions.Tests.Named;

/// <summary>A visitor's session and an admin's in one application: each has a cookie, a secret, options and a store of its own.</summary>
public sealed class NamedSessionTests
{
    [Fact]
    public async Task Two_kinds_of_sessions_in_one_request_have_values_cookies_and_stores_of_their_own()
    {
        await using var app = await StartAsync();

        using var both = await app.Browser.GetAsync("/both");
        Assert.Equal("1 1", await both.BodyAsync());
        Assert.NotEqual(both.Cookie().Split('=')[1], both.Cookie("admin.sid").Split('=')[1]);
        Assert.Equal("2 1", await app.Browser.GetStringAsync("/visitor"));
        Assert.Equal("2 2", await app.Browser.GetStringAsync("/admin"));

        Assert.Equal(1, await LengthAsync(app.Services.GetRequiredService<ISessionStore>()));
        Assert.Equal(1, await LengthAsync(app.Services.GetRequiredKeyedService<ISessionStore>("admin")));
        Assert.NotSame(app.Services.GetRequiredService<ISessionStore>(), app.Services.GetRequiredKeyedService<ISessionStore>("admin"));
    }

    [Fact]
    public async Task An_action_takes_sessions_of_several_kinds()
    {
        await using var app = await StartAsync();
        await app.Browser.GetStringAsync("/admin");

        Assert.Equal("1 2", await app.Browser.GetStringAsync("/named-api/count"));
    }

    [Fact]
    public async Task Ending_the_admins_session_leaves_the_visitors()
    {
        await using var app = await StartAsync();
        await app.Browser.GetStringAsync("/both");

        Assert.Equal("ended", await app.Browser.GetStringAsync("/admin/end"));

        Assert.Equal("1 0", await app.Browser.GetStringAsync("/values"));
        Assert.Equal(0, await LengthAsync(app.Services.GetRequiredKeyedService<ISessionStore>("admin")));
    }

    [Fact]
    public async Task A_visitors_cookie_under_the_admins_name_is_refused()
    {
        // Both kinds are in one store, so that the id alone would be found.
        await using var store = new MemorySessionStore(new MemorySessionStoreOptions(), TimeProvider.System);
        await using var app = await StartAsync(sessions => sessions.AddStore(_ => store), admins => admins.AddStore(_ => store));
        using var visitor = await app.Browser.GetAsync("/visitor");
        var stolen = "admin.sid=" + visitor.Cookie().Split('=')[1];

        using var request = new HttpRequestMessage(HttpMethod.Get, "/values");
        request.Headers.Add("Cookie", stolen);
        using var client = app.NewBrowser();
        using var response = await client.SendAsync(request);

        Assert.Equal("0 0", await response.BodyAsync());
    }

    [Fact]
    public async Task Names_that_share_a_secret_stop_the_start()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StartAsync(admin: static options => options.PreviousSecrets.Add(NamedApp.Secret))
        );

        Assert.Contains(
            "A secret is shared by the server sessions 'admin' and the server sessions without a name",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(NamedApp.Secret, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_registered_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            NamedApp.StartAsync(static services => services.AddServerSessions(Visitor), static app => app.UseServerSessions("Admin"))
        );

        Assert.Contains("No server sessions named 'Admin' are registered.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_its_middleware_is_an_error_that_names_the_call()
    {
        string? message = null;
        await using var app = await NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions(Visitor);
                services.AddServerSessions("admin", Admin);
            },
            web =>
            {
                web.UseServerSessions();
                web.Run(context =>
                {
                    message = Assert.Throws<InvalidOperationException>(() => context.GetServerSession("admin")).Message;
                    return Task.CompletedTask;
                });
            }
        );

        await app.Browser.GetStringAsync("/");

        Assert.Contains("UseServerSessions(\"admin\")", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_options_of_a_name_stop_the_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(admin: static options => options.IdleTimeout = TimeSpan.Zero)
        );

        Assert.Equal("admin", refused.OptionsName);
    }

    [Fact]
    public async Task Strict_defaults_of_one_name_leave_the_other_as_it_is()
    {
        await using var app = await NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions(Visitor).UseStrictDefaults(Aal.One);
                services.AddServerSessions("admin", Admin).UseStrictDefaults(Aal.Three);
                services.AddServerSessions("plain", static options => options.Secret = "a third secret, long enough for anybody to use");
            },
            static _ => { }
        );
        var options = app.Services.GetRequiredService<IOptionsMonitor<ServerSessionOptions>>();

        Assert.Null(options.Get("").IdleTimeout);
        Assert.Equal(TimeSpan.FromMinutes(15), options.Get("admin").IdleTimeout);
        Assert.Equal(SessionCookieOptions.DefaultName, options.Get("plain").Cookie.Name);
    }

    [Fact]
    public async Task A_name_is_read_from_a_section_of_its_own_with_the_store_of_its_own()
    {
        await using var app = await NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions(Visitor);
                var configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection([
                        new("AdminSessions:Secret", NamedApp.AdminSecret),
                        new("AdminSessions:Cookie:Name", "admin.sid"),
                        new("AdminSessions:Store", "memory:"),
                    ])
                    .Build();
                services
                    .AddServerSessions("AdminSessions", configuration.GetSection("AdminSessions"))
                    .AddStoreFromConfiguration(configuration);
            },
            static web =>
            {
                web.UseServerSessions();
                web.UseServerSessions("AdminSessions");
                web.Run(static context =>
                {
                    context.GetServerSession("AdminSessions").Set("a", 1);
                    return context.Response.WriteAsync("stored");
                });
            }
        );

        using var response = await app.Browser.GetAsync("/");

        Assert.NotNull(response.SetCookie("admin.sid"));
        Assert.Null(response.SetCookie());
        Assert.Equal(1, await LengthAsync(app.Services.GetRequiredKeyedService<ISessionStore>("AdminSessions")));
    }

    [Theory]
    [InlineData("/visitor-first")]
    [InlineData("/admin-first")]
    public async Task Whichever_session_is_created_first_both_are_stored_before_the_first_byte(string path)
    {
        using var visitors = new RecordingStore();
        using var admins = new RecordingStore();
        await using var app = await StartAsync(sessions => sessions.AddStore(_ => visitors), named => named.AddStore(_ => admins));

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await app.Browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.NotNull(response.SetCookie());
        Assert.NotNull(response.SetCookie("admin.sid"));

        Assert.Equal("1 1", await response.BodyAsync());
        Assert.Equal("1 1", await app.Browser.GetStringAsync("/values"));
    }

    [Theory]
    [InlineData("/visitor-first")]
    [InlineData("/admin-first")]
    public async Task If_the_store_of_either_fails_the_response_is_503_and_sets_no_cookie_of_the_failed_one(string path)
    {
        await using var app = await StartAsync(sessions: null, named => named.AddStore(static _ => new UnwritableStore()));

        using var response = await app.Browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Null(response.SetCookie("admin.sid"));
    }

    private static Task<NamedApp> StartAsync(
        Action<IServerSessionBuilder>? sessions = null,
        Action<IServerSessionBuilder>? admins = null,
        Action<ServerSessionOptions>? admin = null
    ) =>
        NamedApp.StartAsync(
            services =>
            {
                services.AddControllers().AddApplicationPart(typeof(NamedController).Assembly);
                var unnamed = services.AddServerSessions(Visitor);
                sessions?.Invoke(unnamed);
                var named = services.AddServerSessions("admin", options =>
                {
                    Admin(options);
                    admin?.Invoke(options);
                });
                admins?.Invoke(named);
            },
            static web =>
            {
                web.UseRouting();
                web.UseServerSessions();
                web.UseServerSessions("admin");
                web.MapGet("/visitor", static context => context.Response.WriteAsync(
                    $"{Count(context.GetServerSession())} {context.GetServerSession("admin").Get<int>("count")}"));
                web.MapGet("/admin", static ([FromServerSessions("admin")] ServerSession session, ServerSession own) =>
                    $"{own.Get<int>("count")} {Count(session)}");
                web.MapControllers();
                web.MapGet("/admin/end", static async ([FromServerSessions("admin")] ServerSession session) =>
                {
                    await session.DestroyAsync();
                    return "ended";
                });
                web.MapGet("/both", static context =>
                    context.Response.WriteAsync($"{Count(context.GetServerSession())} {Count(context.GetServerSession("admin"))}"));
                web.MapGet("/visitor-first", static async context =>
                {
                    var (visitor, own) = (Count(context.GetServerSession()), Count(context.GetServerSession("admin")));
                    await context.Response.WriteAsync($"{visitor} {own}");
                });
                web.MapGet("/admin-first", static async context =>
                {
                    var (own, visitor) = (Count(context.GetServerSession("admin")), Count(context.GetServerSession()));
                    await context.Response.WriteAsync($"{visitor} {own}");
                });
                web.MapGet("/values", static context => context.Response.WriteAsync(
                    $"{context.FindServerSession()?.Get<int>("count")} {context.FindServerSession("admin")?.Get<int>("count")}"));
            }
        );

    private static void Visitor(ServerSessionOptions options) => options.Secret = NamedApp.Secret;

    private static void Admin(ServerSessionOptions options) =>
        (options.Secret, options.Cookie.Name) = (NamedApp.AdminSecret, "admin.sid");

    private sealed class UnwritableStore : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => new((SessionRecord?)null);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            throw new SessionStoreException("planted", SessionStoreOperation.Set, "test", isTransient: true);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
