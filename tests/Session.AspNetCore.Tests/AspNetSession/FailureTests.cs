using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.AspNetSession;

/// <summary><c>HttpContext.Session</c> while the store fails: no value that was set is lost in silence.</summary>
public sealed class FailureTests
{
    private static readonly SessionStoreUnavailableException Away = new("The store is away.", SessionStoreOperation.Get, "Test");

    [Fact]
    public async Task A_session_that_cannot_be_read_is_a_503_and_the_application_does_not_run()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Routes.Of(Routes.Set, Routes.Get), store: store);
        using var begun = await app.GetAsync("/set");
        store.Before = static _ => throw Away;

        using var response = await app.GetAsync("/get", begun.Cookie());

        Assert.Equal(503, (int)response.StatusCode);
    }

    [Fact]
    public async Task An_error_page_in_a_branch_sees_that_the_session_could_not_be_read()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Routes.Of(Routes.Set, Routes.Get),
            static options => options.WhenLoadFails = SessionFailureBehavior.Throw,
            store,
            static app =>
                app.UseExceptionHandler(static branch =>
                    branch.Run(static context =>
                        context.Response.WriteAsync($"{context.Session.IsAvailable} {context.Session.GetString("user") ?? "unknown"}")
                    )
                )
        );
        using var begun = await app.GetAsync("/set");
        store.Before = static _ => throw Away;

        using var response = await app.GetAsync("/get", begun.Cookie());

        Assert.Equal("False unknown", await response.BodyAsync());
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task Where_requests_continue_without_their_session_it_reads_empty_and_says_so_and_every_change_throws_the_cause()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Set,
                (
                    "/use",
                    static async context =>
                    {
                        var session = context.Session;
                        Assert.False(session.IsAvailable);
                        Assert.Equal("", session.Id);
                        Assert.Empty(session.Keys);
                        Assert.False(session.TryGetValue("user", out var value));
                        Assert.Null(value);
                        Assert.Null(session.GetString("user"));
                        Assert.Throws<ArgumentNullException>(() => session.Set(null!, []));
                        Assert.Throws<ArgumentNullException>(() => session.Remove(null!));
                        Assert.Throws<ArgumentNullException>(() => session.TryGetValue(null!, out _));
                        Exception?[] errors =
                        [
                            Assert.Throws<ServerSessionUnavailableException>(() => session.SetString("user", "eve")),
                            Assert.Throws<ServerSessionUnavailableException>(() => session.Remove("user")),
                            Assert.Throws<ServerSessionUnavailableException>(session.Clear),
                            await Assert.ThrowsAsync<ServerSessionUnavailableException>(() => session.LoadAsync()),
                            await Assert.ThrowsAsync<ServerSessionUnavailableException>(() => session.CommitAsync()),
                        ];
                        Assert.All(errors, static error => Assert.Same(Away, error!.InnerException));
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.LoadAsync(new CancellationToken(true)));
                        await context.Response.WriteAsync("used");
                    }
        )
            ),
            static options => options.WhenLoadFails = SessionFailureBehavior.Continue,
            store
        );
        using var begun = await app.GetAsync("/set");
        store.Forget();
        store.Before = static _ => throw Away;

        using var response = await app.GetAsync("/use", begun.Cookie());

        Assert.Equal("used", await response.BodyAsync());
        Assert.Null(response.SetCookie());
        Assert.Equal(["get"], store.Calls);
    }

    [Fact]
    public async Task While_the_store_is_disconnected_and_requests_continue_a_change_throws_the_reason()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Get,
                (
                    "/use",
                    static async context =>
                    {
                        Assert.False(context.Session.IsAvailable);
                        var set = Assert.Throws<InvalidOperationException>(() => context.Session.SetString("user", "eve"));
                        Assert.Throws<InvalidOperationException>(context.Session.Clear);
                        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Session.LoadAsync());
                        await context.Response.WriteAsync(set.Message);
                    }
        )
            ),
            static options => options.WhenDisconnected = SessionDisconnectedBehavior.ContinueWithoutSession,
            store
        );
        store.Disconnect();

        using var read = await app.GetAsync("/get");
        using var used = await app.GetAsync("/use");

        Assert.Equal("none", await read.BodyAsync());
        Assert.Contains("disconnected", await used.BodyAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_the_session_has_ended_it_reads_empty_and_set_throws_and_there_is_nothing_to_remove(bool isDestroyed)
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Set,
                (
                    "/use",
                    async context =>
                    {
                        if (isDestroyed)
                        {
                            await context.GetServerSession().DestroyAsync();
                        }
                        else
                        {
                            context.UnsetServerSession();
                        }

                        var session = context.Session;
                        Assert.Equal((false, ""), (session.IsAvailable, session.Id));
                        Assert.Empty(session.Keys);
                        Assert.Null(session.Get("user"));
                        session.Remove("user");
                        session.Clear();
                        await session.LoadAsync();
                        await session.CommitAsync();
                        await context.Response.WriteAsync(
                            Assert.Throws<InvalidOperationException>(() => session.SetString("user", "eve")).Message
                        );
                    }
        )
            )
        );
        using var begun = await app.GetAsync("/set");

        using var response = await app.GetAsync("/use", begun.Cookie());

        Assert.Contains("no longer has a session", await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_the_cookies_path_it_reads_empty_and_set_says_why()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                (
                    "/use",
                    static context =>
                    {
                        Assert.False(context.Session.IsAvailable);
                        Assert.Null(context.Session.Get("user"));
                        context.Session.Remove("user");
                        return context.Response.WriteAsync(
                            Assert.Throws<InvalidOperationException>(() => context.Session.SetString("user", "eve")).Message
                        );
                    }
        )
            ),
            static options => options.Cookie.Path = "/app"
        );

        using var response = await app.GetAsync("/use");

        Assert.Contains("not within Cookie.Path", await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_of_the_application_that_fails_throws_and_the_end_of_the_request_tries_again()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Get,
                (
                    "/set",
                    async context =>
                    {
                        context.Session.SetString("user", "ada");
                        store.Before = static _ => throw Away;
                        Assert.Same(Away, await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => context.Session.CommitAsync()));
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                            context.Session.CommitAsync(new CancellationToken(true))
                        );
                        store.Before = static _ => Task.CompletedTask;
                    }
        )
            ),
            store: store
        );

        using var begun = await app.GetAsync("/set");
        using var read = await app.GetAsync("/get", begun.Cookie());

        Assert.Equal(["set", "set", "get", "touch"], store.Calls);
        Assert.Equal("ada", await read.BodyAsync());
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_a_503_without_a_cookie()
    {
        using var store = new RecordingStore { Before = static _ => throw Away };
        await using var app = await TestApp.StartAsync(Routes.Of(Routes.Set), store: store);

        using var response = await app.GetAsync("/set");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task What_a_request_set_before_it_failed_is_stored_and_an_error_page_sees_it_with_one_cookie()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                Routes.Get,
                (
                    "/fail",
                    static context =>
                    {
                        context.Session.SetString("user", "ada");
                        throw new ArithmeticException();
                    }
        ),
                ("/error", static context => context.Response.WriteAsync($"{context.Session.GetString("user")} at the error page"))
            ),
            before: static app => app.UseExceptionHandler("/error")
        );

        using var failed = await app.GetAsync("/fail");
        using var read = await app.GetAsync("/get", failed.Cookie());

        Assert.Equal("ada at the error page", await failed.BodyAsync());
        Assert.Equal("ada", await read.BodyAsync());
    }

    [Fact]
    public async Task An_error_page_in_a_branch_without_the_middleware_has_the_session()
    {
        await using var app = await TestApp.StartAsync(
            Routes.Of(
                (
                    "/fail",
                    static context =>
                    {
                        context.Session.SetString("user", "ada");
                        throw new ArithmeticException();
                    }
        )
            ),
            before: static app =>
                app.UseExceptionHandler(static branch =>
                    branch.Run(static context => context.Response.WriteAsync(context.Session.GetString("user") ?? "none"))
                )
        );

        using var failed = await app.GetAsync("/fail");

        Assert.Equal("ada", await failed.BodyAsync());
    }
}
