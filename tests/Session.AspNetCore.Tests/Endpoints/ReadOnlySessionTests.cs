using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Endpoints;

/// <summary>An endpoint that can only read its session.</summary>
public sealed class ReadOnlySessionTests
{
    private static readonly Dictionary<string, Func<HttpContext, ServerSession, ValueTask>> Changes = new(StringComparer.Ordinal)
    {
        ["Set"] = static (_, session) => Run(() => session.Set("n", 1)),
        ["SetJson"] = static (_, session) => Run(() => session.SetJson("n", "1"u8)),
        ["Remove"] = static (_, session) => Run(() => session.Remove("user")),
        ["TakeAsync"] = static async (_, session) => await session.TakeAsync<string>("user"),
        ["UpdateAsync"] = static async (_, session) => await session.UpdateAsync<int>("n", static n => n + 1),
        ["Flash.Set"] = static (_, session) => Run(() => session.Flash.Set("n", 1)),
        ["SaveAsync"] = static (_, session) => session.SaveAsync(),
        ["DestroyAsync"] = static (_, session) => session.DestroyAsync(),
        ["RenewIdAsync"] = static (_, session) => session.RenewIdAsync(),
        ["RenewForSignInAsync"] = static (_, session) => session.RenewForSignInAsync(),
        ["RegenerateAsync"] = static (_, session) => session.RegenerateAsync(),
        ["UnsetServerSession"] = static (context, _) => Run(context.UnsetServerSession),
    };

    public static TheoryData<string, bool> Ways
    {
        get
        {
            var ways = new TheoryData<string, bool>();
            foreach (var change in Changes.Keys)
            {
                ways.Add(change, true);
                ways.Add(change, false);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_change_of_a_session_that_can_only_be_read_throws_at_once_and_nothing_is_stored(string change, bool hasSession)
    {
        await using var site = await StartAsync();
        var cookie = hasSession ? await site.SignInAsync() : null;

        using var response = await site.GetAsync($"/change/{change}", cookie);

        Assert.Equal("InvalidOperationException names ReadOnlyServerSession; ada", (await response.BodyAsync()).Replace("nobody", "ada"));
        Assert.Null(response.SetCookie());
        Assert.Equal(hasSession ? ["get", "touch"] : [], site.Recorded.Calls);
    }

    [Theory]
    [InlineData(true, false, false, "get touch", true)]
    [InlineData(false, true, false, "get touch", false)]
    [InlineData(false, false, true, "get touch", false)]
    [InlineData(true, true, true, "get touch", true)]
    public async Task No_option_stores_a_session_that_can_only_be_read(bool rolling, bool resave, bool eager, string calls, bool setsCookie)
    {
        await using var site = await StartAsync(options =>
            (options.Rolling, options.Resave, options.SaveUninitialized, options.Cookie.MaxAge) = (
                rolling,
                resave,
                eager,
                TimeSpan.FromHours(1)
            )
        );
        var cookie = await site.SignInAsync();

        using var known = await site.GetAsync("/read", cookie);
        Assert.Equal(("ada", setsCookie), (await known.BodyAsync(), known.SetCookie() is not null));
        Assert.Equal(calls, string.Join(' ', site.Recorded.Calls));

        site.Recorded.Forget();
        using var unknown = await site.GetAsync("/read");
        Assert.Equal(("nobody", (string?)null), (await unknown.BodyAsync(), unknown.SetCookie()));
        Assert.Empty(site.Recorded.Calls);
    }

    [Fact]
    public async Task A_session_without_the_beginning_of_its_absolute_lifetime_is_not_stored_to_give_it_one()
    {
        using var store = new RecordingStore();
        await using var plain = await StartAsync(store: store);
        var cookie = await plain.SignInAsync();
        await using var site = await StartAsync(static options => options.AbsoluteTimeout = TimeSpan.FromHours(1), store);

        using var response = await site.GetAsync("/read", cookie);

        Assert.Equal("ada", await response.BodyAsync());
        Assert.Equal(["get", "touch"], store.Calls);
    }

    [Fact]
    public async Task A_cookie_that_was_changed_fails_the_request_and_nothing_is_stored()
    {
        await using var site = await StartAsync(static options => options.Rolling = true);
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync("/cookie", cookie);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("SessionCookieException", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Null(response.SetCookie());
        Assert.Equal(["get"], site.Recorded.Calls);
    }

    [Fact]
    public async Task A_state_object_that_was_changed_fails_the_request_and_nothing_is_stored()
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync("/state", cookie);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("ReadOnlyServerSession", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal(["get"], site.Recorded.Calls);
    }

    [Fact]
    public async Task An_endpoint_that_neither_changes_nor_extends_the_session_only_reads_the_store()
    {
        await using var site = await StartAsync(static options => options.Rolling = true);
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync("/only-read", cookie);

        Assert.Equal(("ada", (string?)null), (await response.BodyAsync(), response.SetCookie()));
        Assert.Equal(["get"], site.Recorded.Calls);
    }

    [Fact]
    public async Task A_page_that_can_only_read_keeps_no_change_that_a_middleware_in_front_of_it_makes()
    {
        await using var site = await EndpointSite.StartAsync(
            static app => app.MapGet("/read", static (ServerSession session) => "read").ReadOnlyServerSession(),
            middleware: static app =>
            {
                app.UseServerSessions();
                app.Use(
                    static (context, next) =>
                    {
                        if (context.Request.Path == "/read")
                        {
                            context.GetServerSession().Set("seen", true);
                        }

                        return next(context);
                    }
                );
            }
        );
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync("/read", cookie);

        Assert.Contains("ReadOnlyServerSession", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("set", site.Recorded.Calls);
    }

    private static Task<EndpointSite> StartAsync(Action<ServerSessionOptions>? options = null, RecordingStore? store = null) =>
        EndpointSite.StartAsync(
            static app =>
            {
                var group = app.MapGroup("").ReadOnlyServerSession();
                group.MapGet("/read", User);
                group.MapGet("/only-read", User).DoNotExtendServerSession();
                group.MapGet("/change/{what}", ChangeAsync);
                group.MapGet("/state", static (ServerSession session) =>
                {
                    session.GetState<Visitor>().User = "eve";
                    return "changed";
                });
                group.MapGet("/cookie", static (ServerSession session) =>
                {
                    session.Cookie.MaxAge = TimeSpan.FromDays(30);
                    return "changed";
                });
            },
            options,
            store
        );

    private static string User(ServerSession session) => session.Get<string>("user") ?? "nobody";

    private static async Task<string> ChangeAsync(string what, HttpContext context, ServerSession session)
    {
        try
        {
            await Changes[what](context, session);
            return "changed";
        }
        catch (InvalidOperationException error)
        {
            const string Metadata = "ReadOnlyServerSession";
            var named = error.Message.Contains(Metadata, StringComparison.Ordinal) ? Metadata : error.Message;
            return $"{error.GetType().Name} names {named}; {User(session)}";
        }
    }

    private static ValueTask Run(Action change)
    {
        change();
        return ValueTask.CompletedTask;
    }

    private sealed class Visitor
    {
        public string? User { get; set; }
    }
}
