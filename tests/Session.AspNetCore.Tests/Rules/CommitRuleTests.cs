using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Rules;

/// <summary>When the store is called and the cookie is set: the matrix that was observed on express-session 1.19.</summary>
public sealed class CommitRuleTests
{
    private static readonly RequestDelegate Nothing = static _ => Task.CompletedTask;

    private static readonly RequestDelegate Modify = static context =>
    {
        context.GetServerSession().Set("n", context.GetServerSession().Get<int>("n") + 1);
        return Task.CompletedTask;
    };

    [Fact]
    public async Task A_request_without_cookie_that_does_not_touch_the_session_makes_no_store_call()
    {
        await NewRequest(Nothing, _ => { }, calls: [], setsCookie: false);
    }

    [Fact]
    public async Task A_new_session_that_is_only_read_makes_no_store_call()
    {
        await NewRequest(
            static context =>
            {
                Assert.True(context.GetServerSession().IsNew);
                Assert.Null(context.GetServerSession().Get<string>("absent"));
                return Task.CompletedTask;
            },
            _ => { },
            calls: [],
            setsCookie: false
        );
    }

    [Fact]
    public Task A_new_session_is_stored_untouched_with_saveUninitialized() =>
        NewRequest(Nothing, static options => options.SaveUninitialized = true, calls: ["set"], setsCookie: true);

    [Fact]
    public Task A_new_session_that_was_written_to_is_stored() => NewRequest(Modify, _ => { }, calls: ["set"], setsCookie: true);

    [Fact]
    public Task A_new_session_whose_only_key_was_removed_again_is_not_stored() =>
        NewRequest(
            static context =>
            {
                context.GetServerSession().Set("a", 1);
                context.GetServerSession().Remove("a");
                return Task.CompletedTask;
            },
            _ => { },
            calls: [],
            setsCookie: false
        );

    [Fact]
    public Task A_known_session_that_is_not_changed_is_touched() => KnownRequest(Nothing, _ => { }, ["get", "touch"], setsCookie: false);

    [Fact]
    public Task A_known_session_that_is_not_changed_is_touched_with_maxAge_too() =>
        KnownRequest(Nothing, MaxAge, ["get", "touch"], setsCookie: false);

    [Fact]
    public Task A_known_session_that_is_changed_is_stored_and_its_cookie_stays() =>
        KnownRequest(Modify, _ => { }, ["get", "set"], setsCookie: false);

    [Fact]
    public Task A_known_session_that_is_changed_gets_a_new_cookie_where_it_has_an_expiry() =>
        KnownRequest(Modify, MaxAge, ["get", "set"], setsCookie: true);

    [Fact]
    public Task A_key_set_to_what_it_was_is_no_change() =>
        KnownRequest(
            static context =>
            {
                context.GetServerSession().Set("n", context.GetServerSession().Get<int>("n"));
                return Task.CompletedTask;
            },
            MaxAge,
            ["get", "touch"],
            setsCookie: false
        );

    [Fact]
    public Task Rolling_sends_the_cookie_of_an_unchanged_session() =>
        KnownRequest(Nothing, static options => options.Rolling = true, ["get", "touch"], setsCookie: true);

    [Fact]
    public Task Rolling_does_not_store_a_new_session_that_is_empty() =>
        NewRequest(Nothing, static options => options.Rolling = true, calls: [], setsCookie: false);

    [Fact]
    public Task Resave_stores_an_unchanged_session() =>
        KnownRequest(Nothing, static options => options.Resave = true, ["get", "set"], setsCookie: false);

    [Fact]
    public Task A_change_of_the_cookie_alone_is_a_touch() =>
        KnownRequest(
            static context =>
            {
                context.GetServerSession().Cookie.MaxAge = TimeSpan.FromDays(1);
                return Task.CompletedTask;
            },
            MaxAge,
            ["get", "touch"],
            setsCookie: false
        );

    [Fact]
    public Task Unset_keeps_the_stored_session() =>
        KnownRequest(
            static context =>
            {
                context.GetServerSession().Set("lost", true);
                context.UnsetServerSession();
                return Task.CompletedTask;
            },
            _ => { },
            ["get"],
            setsCookie: false
        );

    [Fact]
    public Task Unset_destroys_the_stored_session_where_the_option_says_so() =>
        KnownRequest(
            static context =>
            {
                context.UnsetServerSession();
                return Task.CompletedTask;
            },
            static options =>
            {
                options.Unset = SessionUnset.Destroy;
                options.ClearCookieOnDestroy = false;
            },
            ["get", "destroy"],
            setsCookie: false
        );

    [Fact]
    public Task Destroy_destroys_once_and_nothing_is_saved() =>
        KnownRequest(
            static async context =>
            {
                context.GetServerSession().Set("lost", true);
                await context.GetServerSession().DestroyAsync();
            },
            static options => options.ClearCookieOnDestroy = false,
            ["get", "destroy"],
            setsCookie: false
        );

    [Fact]
    public Task Regenerate_destroys_the_old_session_and_stores_the_new_even_without_data() =>
        KnownRequest(
            static async context => await context.GetServerSession().RegenerateAsync(),
            _ => { },
            ["get", "destroy", "set"],
            setsCookie: true
        );

    [Fact]
    public Task A_session_that_was_saved_is_not_saved_again_at_the_end() =>
        KnownRequest(
            static async context =>
            {
                context.GetServerSession().Set("n", 5);
                await context.GetServerSession().SaveAsync();
            },
            _ => { },
            ["get", "set", "touch"],
            setsCookie: false
        );

    [Fact]
    public Task A_new_session_that_was_saved_is_not_saved_again_at_the_end() =>
        NewRequest(
            static async context =>
            {
                context.GetServerSession().Set("n", 5);
                await context.GetServerSession().SaveAsync();
            },
            _ => { },
            calls: ["set"],
            setsCookie: true
        );

    [Fact]
    public async Task A_signed_id_that_the_store_does_not_know_is_never_adopted()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Modify, store: store);
        using var first = await app.GetAsync();
        await store.Inner.ClearAsync();
        store.Forget();

        using var second = await app.GetAsync(cookie: first.Cookie());

        Assert.Equal(["get", "set"], store.Calls);
        Assert.NotEqual(first.Cookie(), second.Cookie());
        Assert.Equal(1, await store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_secure_cookie_over_plain_http_is_held_back_and_the_log_says_so_once()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Modify, static options => options.Cookie.Secure = SessionCookieSecure.Always, store);

        for (var i = 0; i < 3; i++)
        {
            using var response = await app.GetAsync();
            Assert.Null(response.SetCookie());
        }

        Assert.Equal(["set", "set", "set"], store.Calls);
        Assert.Equal(1, app.Logs.Count("SecureCookieOverHttp"));
    }

    [Fact]
    public async Task A_path_outside_the_cookies_has_no_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context => context.Response.WriteAsync(context.FindServerSession() is null ? "none" : "session"),
            static options => options.Cookie.Path = "/app",
            store
        );

        foreach (
            var (path, expected) in new[]
            {
                ("/", "none"),
                ("/ap", "none"),
                ("/App", "none"),
                ("/app", "session"),
                ("/app/x?y", "session"),
                ("/apple", "session"),
            }
        )
        {
            using var response = await app.GetAsync(path, "connect.sid=s%3Ax.y");
            Assert.Equal($"{path} {expected}", $"{path} {await response.BodyAsync()}");
        }
    }

    private static void MaxAge(ServerSessionOptions options) => options.Cookie.MaxAge = TimeSpan.FromMinutes(1);

    private static async Task NewRequest(RequestDelegate handler, Action<ServerSessionOptions> options, string[] calls, bool setsCookie)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(handler, options, store);

        using var response = await app.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(calls, store.Calls);
        Assert.Equal(setsCookie, response.SetCookie() is not null);
    }

    private static async Task KnownRequest(RequestDelegate handler, Action<ServerSessionOptions> options, string[] calls, bool setsCookie)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context => context.Request.Path == "/begin" ? Modify(context) : handler(context),
            options,
            store
        );
        using var first = await app.GetAsync("/begin");
        store.Forget();

        using var response = await app.GetAsync(cookie: first.Cookie());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(calls, store.Calls);
        Assert.Equal(setsCookie, response.SetCookie() is not null);
    }
}
