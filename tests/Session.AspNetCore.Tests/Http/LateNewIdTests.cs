using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>A new id that the client can no longer be told is refused, before the old one is left.</summary>
public sealed class LateNewIdTests
{
    [Theory]
    [InlineData("flush", NewId.Renewed)]
    [InlineData("flush", NewId.Regenerated)]
    [InlineData("start", NewId.SignedIn)]
    [InlineData("synchronous", NewId.Renewed)]
    [InlineData("complete", NewId.Regenerated)]
    public async Task A_new_id_after_the_first_byte_is_refused_and_the_session_is_as_before(string way, NewId how)
    {
        Exception? refusal = null;
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path != "/late")
                {
                    session.Set("n", session.Get<int>("n") + 1);
                    await context.Response.WriteAsync($"{session.Get<int>("n")} {session.Get<string>("user")}");
                    return;
                }

                await BeginAsync(context, way);
                store.Forget();
                refusal = await Record.ExceptionAsync(async () => await session.GiveAsync(how));
                Assert.Empty(store.Calls);
                session.Set("user", "eve");
            },
            store: store
        );
        using var begin = await app.GetAsync();

        using var late = await app.GetAsync("/late", begin.Cookie());
        using var after = await app.GetAsync(cookie: begin.Cookie());

        Assert.Contains("the response has started", Assert.IsType<InvalidOperationException>(refusal).Message, StringComparison.Ordinal);
        Assert.Null(late.SetCookie());
        Assert.Equal("2 eve", await after.BodyAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_id_from_background_work_after_the_response_is_refused_and_the_session_is_as_before(bool writesABody)
    {
        var ended = new TaskCompletionSource();
        var work = new TaskCompletionSource<Task>();
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", session.Get<int>("n") + 1);
                if (context.Request.Path == "/background")
                {
                    work.SetResult(RenewAfterAsync(session, ended.Task));
                }

                if (writesABody || context.Request.Path != "/background")
                {
                    await context.Response.WriteAsync($"{session.Get<int>("n")}");
                }
            },
            store: store
        );
        using var begin = await app.GetAsync();

        using var response = await app.GetAsync("/background", begin.Cookie());
        _ = await response.BodyAsync();
        using var next = await app.GetAsync(cookie: begin.Cookie());
        store.Forget();
        ended.SetResult();
        var regenerate = await work.Task;
        await Assert.ThrowsAsync<InvalidOperationException>(() => regenerate);
        Assert.Empty(store.Calls);
        using var after = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(("3", "4"), (await next.BodyAsync(), await after.BodyAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_background_work_changes_after_the_request_is_stored_only_if_it_saves_it(bool saves)
    {
        var ended = new TaskCompletionSource();
        var work = new TaskCompletionSource<Task>();
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/background")
                {
                    work.SetResult(ChangeAfterAsync(session, ended.Task, saves));
                }

                session.Set("n", 1);
                await context.Response.WriteAsync(session.Get<string>("late") ?? "none");
            },
            store: store
        );
        using var begin = await app.GetAsync();

        using var response = await app.GetAsync("/background", begin.Cookie());
        ended.SetResult();
        await (await work.Task);
        using var after = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(saves ? "yes" : "none", await after.BodyAsync());
    }

    [Fact]
    public async Task Until_the_first_byte_a_new_id_is_given_also_by_callbacks_before_the_headers_and_by_middleware_in_front()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                session.Set("n", session.Get<int>("n") + 1);
                if (context.Request.Path == "/callback")
                {
                    context.Response.OnStarting(() => session.RenewForSignInAsync().AsTask());
                }

                return Task.CompletedTask;
            },
            store: store,
            before: app =>
                app.Use(
                    async (context, next) =>
                    {
                        await next(context);
                        if (context.Request.Path == "/front")
                        {
                            await context.GetServerSession().RenewForSignInAsync();
                        }
                    }
                )
        );
        using var begin = await app.GetAsync();

        using var callback = await app.GetAsync("/callback", begin.Cookie());
        using var front = await app.GetAsync("/front", callback.Cookie());

        Assert.NotEqual(begin.Cookie(), callback.Cookie());
        Assert.NotEqual(callback.Cookie(), front.Cookie());
        Assert.True(SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).TryGetJson("n", out var n));
        Assert.Equal("3"u8, n.Span);
    }

    [Theory]
    [InlineData(NewId.Renewed)]
    [InlineData(NewId.SignedIn)]
    [InlineData(NewId.Regenerated)]
    public async Task As_in_express_session_the_option_gives_it_all_the_same_and_the_log_says_what_is_lost(NewId how)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", 1);
                if (context.Request.Path == "/late")
                {
                    await context.Response.Body.FlushAsync();
                    await session.GiveAsync(how);
                    session.Set("user", "eve");
                }
            },
            static options => options.AllowNewIdAfterResponseStart = true,
            store
        );
        using var begin = await app.GetAsync();

        using var late = await app.GetAsync("/late", begin.Cookie());
        _ = await late.BodyAsync();

        Assert.Equal(1, app.Logs.Count("CookieTooLate"));
    }

    [Fact]
    public async Task A_function_for_cookies_that_fails_fails_before_the_old_id_is_left()
    {
        var isBroken = false;
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/sign-in")
                {
                    isBroken = true;
                    await Assert.ThrowsAsync<ArithmeticException>(async () => await session.RegenerateAsync());
                    isBroken = false;
                }

                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            options => options.CookiePerRequest = _ => isBroken ? throw new ArithmeticException() : new SessionCookieOptions(),
            store
        );
        using var begin = await app.GetAsync();

        using var tried = await app.GetAsync("/sign-in", begin.Cookie());
        using var after = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(("2", "3"), (await tried.BodyAsync(), await after.BodyAsync()));
    }

    private static async Task RenewAfterAsync(ServerSession session, Task signal)
    {
        await signal;
        await session.RenewForSignInAsync();
    }

    private static async Task ChangeAfterAsync(ServerSession session, Task signal, bool saves)
    {
        await signal;
        session.Set("late", "yes");
        if (saves)
        {
            await session.SaveAsync();
        }
    }

    private static async Task BeginAsync(HttpContext context, string way)
    {
        switch (way)
        {
            case "flush":
                await context.Response.WriteAsync("x");
                await context.Response.Body.FlushAsync();
                break;
            case "start":
                await context.Response.StartAsync();
                break;
            case "synchronous":
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                context.Response.Body.Write("x"u8);
                break;
            case "complete":
                await context.Response.CompleteAsync();
                break;
        }
    }
}
