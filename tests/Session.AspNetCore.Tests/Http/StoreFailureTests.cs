using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

public sealed class StoreFailureTests
{
    private static readonly SessionStoreException Trouble = new(
        "The backend is in trouble.",
        SessionStoreOperation.Get,
        "Test",
        isTransient: true
    );

    [Fact]
    public async Task A_session_that_cannot_be_read_is_an_error_and_never_an_empty_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Count, store: store);
        using var begin = await app.GetAsync();
        store.Before = static call => call == "get" ? throw Trouble : Task.CompletedTask;

        using var failed = await app.GetAsync(cookie: begin.Cookie());
        store.Before = static _ => Task.CompletedTask;
        using var recovered = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Null(failed.SetCookie());
        Assert.Equal(1, app.Logs.Count("LoadFailed"));
        Assert.Equal("2", await recovered.BodyAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_cannot_be_saved_changes_the_status_and_sets_no_cookie(bool handlerWritesABody)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.GetServerSession().Set("n", 1);
                if (handlerWritesABody)
                {
                    await context.Response.WriteAsync("all is well");
                }
            },
            store: store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Null(response.SetCookie());
        Assert.DoesNotContain("all is well", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal(1, app.Logs.Count("CommitFailed"));
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task A_failed_save_reaches_an_error_handler_in_front_where_the_option_says_so()
    {
        using var store = new RecordingStore();
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("n", 1);
                return Task.CompletedTask;
            },
            static options => options.WhenSaveFails = SessionFailureBehavior.Throw,
            store,
            static app =>
                app.Use(
                    static async (context, next) =>
                    {
                        try
                        {
                            await next(context);
                        }
                        catch (SessionStoreException error)
                        {
                            context.Response.StatusCode = 503;
                            await context.Response.WriteAsync(error.Message);
                        }
                    }
                )
        );

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("The backend is in trouble.", await response.BodyAsync());
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task A_failed_touch_is_an_error_too()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Count, store: store);
        using var begin = await app.GetAsync();
        store.Before = static call => call == "touch" ? throw Trouble : Task.CompletedTask;

        using var failed = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
    }

    [Fact]
    public async Task A_sign_out_that_the_store_could_not_carry_out_is_an_error_and_leaves_the_cookie_for_another_try()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context => context.Request.Path == "/sign-out" ? context.GetServerSession().DestroyAsync().AsTask() : Count(context),
            store: store
        );
        using var begin = await app.GetAsync();
        store.Before = static call => call == "destroy" ? throw Trouble : Task.CompletedTask;

        using var failed = await app.GetAsync("/sign-out", begin.Cookie());
        store.Before = static _ => Task.CompletedTask;
        using var again = await app.GetAsync("/sign-out", begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal(1, app.Logs.Count("OperationFailed"));
        Assert.Null(failed.SetCookie());
        Assert.Equal(200, (int)again.StatusCode);
        Assert.NotNull(again.SetCookie());
        Assert.Equal(0, await store.Inner.LengthAsync());
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("SessionNotFound", false)]
    [InlineData("SessionNotFound", true)]
    [InlineData("FileNotFound", true)]
    [InlineData("DirectoryNotFound", true)]
    public async Task What_a_store_declares_to_mean_no_such_entry_is_no_session(string absence, bool declares)
    {
        using var store = new RecordingStore(missingFileMeansAbsent: declares);
        await using var app = await TestApp.StartAsync(Count, store: store);
        using var begin = await app.GetAsync();
        if (absence == "null")
        {
            await store.Inner.ClearAsync();
        }

        store.Before = call => call == "get" && absence != "null" ? throw Missing(absence) : Task.CompletedTask;

        using var response = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal("1", await response.BodyAsync());
        Assert.NotEqual(begin.Cookie(), response.Cookie());
        Assert.Equal(0, app.Logs.Count("LoadFailed"));
    }

    [Theory]
    [InlineData("FileNotFound", false)]
    [InlineData("DirectoryNotFound", false)]
    [InlineData("KeyNotFound", true)]
    [InlineData("IO", true)]
    public async Task A_missing_file_that_no_store_has_declared_to_mean_absence_is_a_failure_like_any_other(string exception, bool declares)
    {
        using var store = new RecordingStore(missingFileMeansAbsent: declares);
        await using var app = await TestApp.StartAsync(Count, store: store);
        using var begin = await app.GetAsync();
        store.Before = call => call == "get" ? throw Missing(exception) : Task.CompletedTask;

        using var failed = await app.GetAsync(cookie: begin.Cookie());
        store.Before = static _ => Task.CompletedTask;
        using var recovered = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Null(failed.SetCookie());
        Assert.Equal(1, app.Logs.Count("LoadFailed"));
        Assert.Equal("2", await recovered.BodyAsync());
    }

    [Theory]
    [InlineData("FileNotFound")]
    [InlineData("SessionNotFound")]
    public async Task A_read_that_also_touches_takes_the_same_for_absence(string absence)
    {
        var store = new TouchingReadStore(TimeProvider.System) { MissingFileMeansAbsent = true };
        await using var app = await TestApp.StartAsync(Count, store: store);
        using var begin = await app.GetAsync();
        store.ReadFailure = Missing(absence);

        using var absent = await app.GetAsync(cookie: begin.Cookie());
        store.MissingFileMeansAbsent = false;
        await using var strict = await TestApp.StartAsync(Count, store: store);
        using var failed = await strict.GetAsync(cookie: begin.Cookie());

        Assert.Equal((200, "1"), ((int)absent.StatusCode, await absent.BodyAsync()));
        Assert.Equal(absence == "FileNotFound" ? 503 : 200, (int)failed.StatusCode);
    }

    [Theory]
    [InlineData("get", "/")]
    [InlineData("set", "/")]
    [InlineData("touch", "/read")]
    [InlineData("destroy", "/sign-out")]
    public async Task An_exception_that_a_store_lets_out_of_its_driver_is_a_503_whatever_call_it_came_from(string call, string path)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context => context.Request.Path == "/sign-out" ? context.GetServerSession().DestroyAsync().AsTask() : Count(context),
            store: store
        );
        using var begin = await app.GetAsync();
        foreach (
            var raw in (Exception[])
                [
                    Missing("FileNotFound"),
                    Missing("IO"),
                    new InvalidCastException(),
                    new TaskCanceledException("the driver's own deadline"),
                    new ArgumentException("a driver's"),
                ]
        )
        {
            store.Before = made => made == call ? throw raw : Task.CompletedTask;

            using var failed = await app.GetAsync(path, begin.Cookie());

            Assert.Equal((raw.GetType(), 503), (raw.GetType(), (int)failed.StatusCode));
            Assert.Null(failed.SetCookie());
        }
    }

    [Theory]
    [InlineData("""{"cookie":{}""")]
    [InlineData("""{"n":1}""")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("\uFEFF{\"cookie\":{}}")]
    [InlineData("""{"cookie":{"originalMaxAge":"60000"}}""")]
    public async Task A_record_that_is_no_session_is_an_error_and_stays_where_it_is(string payload)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Count, static options => options.GenerateSid = static _ => "sid", store);
        using var begin = await app.GetAsync();
        await store.Inner.SetAsync("sid", new SessionRecord(System.Text.Encoding.UTF8.GetBytes(payload), null));

        using var response = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(payload, System.Text.Encoding.UTF8.GetString((await store.Inner.GetAsync("sid"))!.Payload.Span));
    }

    [Fact]
    public async Task While_the_store_is_disconnected_a_request_with_a_session_fails_at_once_and_others_go_on()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context => context.Request.Path == "/read" ? Task.CompletedTask : Count(context),
            store: store
        );
        using var begin = await app.GetAsync();
        store.Forget();
        store.Disconnect();

        using var failed = await app.GetAsync(cookie: begin.Cookie());
        using var anonymous = await app.GetAsync("/read");
        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal(200, (int)anonymous.StatusCode);
        Assert.Empty(store.Calls);

        store.Connect();
        using var recovered = await app.GetAsync(cookie: begin.Cookie());
        Assert.Equal("2", await recovered.BodyAsync());
    }

    [Fact]
    public async Task While_the_store_is_disconnected_requests_go_on_without_session_where_the_option_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context => context.Response.WriteAsync(context.FindServerSession() is null ? "none" : "session"),
            static options => options.WhenDisconnected = SessionDisconnectedBehavior.ContinueWithoutSession,
            store
        );
        store.Disconnect();
        using var without = await app.GetAsync();
        store.Connect();
        using var with = await app.GetAsync();

        Assert.Equal("none", await without.BodyAsync());
        Assert.Equal("session", await with.BodyAsync());
    }

    [Fact]
    public async Task What_an_exception_interrupted_is_saved_up_to_there_and_the_exception_surfaces()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("n", 7);
                throw new InvalidOperationException("the application's own");
            },
            store: store,
            before: static app =>
                app.UseExceptionHandler(static error =>
                    error.Run(static context =>
                    {
                        context.Response.StatusCode = 500;
                        return context.Response.WriteAsync("handled");
                    })
                )
        );

        using var response = await app.GetAsync();

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("handled", await response.BodyAsync());
        Assert.NotNull(response.SetCookie());
        Assert.Equal(1, await store.Inner.LengthAsync());
    }

    private static Exception Missing(string name) =>
        name switch
        {
            "SessionNotFound" => new SessionNotFoundException(SessionStoreOperation.Get, "Test"),
            "FileNotFound" => new FileNotFoundException("Could not find file 'client.pem'."),
            "DirectoryNotFound" => new DirectoryNotFoundException("Could not find a part of the path '/run/secrets/pgpass'."),
            "KeyNotFound" => new KeyNotFoundException(),
            _ => new IOException("the disk is gone"),
        };

    private static Task Count(HttpContext context)
    {
        var session = context.GetServerSession();
        if (context.Request.Path == "/read")
        {
            return Task.CompletedTask;
        }

        session.Set("n", session.Get<int>("n") + 1);
        return context.Response.WriteAsync($"{session.Get<int>("n")}");
    }
}
