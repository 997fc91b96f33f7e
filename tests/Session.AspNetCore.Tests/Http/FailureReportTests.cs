using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>
/// A failed request is logged once and counted once, with backend and operation, whichever call of the store it failed in.
/// </summary>
public sealed class FailureReportTests
{
    public static TheoryData<string, string, string, string, SessionFailureBehavior> Paths
    {
        get
        {
            var data = new TheoryData<string, string, string, string, SessionFailureBehavior>();
            foreach (var behavior in Enum.GetValues<SessionFailureBehavior>())
            {
                data.Add("get", "/read", "LoadFailed", "get", behavior);
                data.Add("set", "/write", "CommitFailed", "try_set", behavior);
                data.Add("touch", "/read", "TouchFailed", "touch", behavior);
                data.Add("destroy", "/unset", "DestroyFailed", "try_set", behavior);
                data.Add("destroy", "/destroy", "OperationFailed", "try_set", behavior);
                data.Add("destroy", "/regenerate", "OperationFailed", "try_set", behavior);
                data.Add("set", "/save", "OperationFailed", "try_set", behavior);
                data.Add("set", "/late-save", "OperationFailed", "try_set", behavior);
                data.Add("get", "/reload", "OperationFailed", "get", behavior);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_failed_request_is_logged_once_and_counted_once_with_backend_and_operation(
        string call,
        string path,
        string eventName,
        string operation,
        SessionFailureBehavior behavior
    )
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            ActAsync,
            options =>
            {
                options.Unset = SessionUnset.Destroy;
                (options.WhenLoadFails, options.WhenSaveFails) = (behavior, behavior);
            },
            store
        );
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(app);
        var isLoaded = path != "/reload";
        store.Before = made =>
        {
            if (made == call && isLoaded)
            {
                throw new InvalidOperationException("a driver's own");
            }

            isLoaded = true;
            return Task.CompletedTask;
        };

        await IgnoreCutAsync(app.GetAsync(path, begin.Cookie()));

        Assert.Equal(
            [$"server_session.store.failures 1 backend=Recording operation={operation} error.type=SessionStoreException"],
            counters.Lines
        );
        var line = Assert.Single(app.Logs.Lines, static line =>
            line.Level >= LogLevel.Error && line.Event.Name!.EndsWith("Failed", StringComparison.Ordinal)
        );
        Assert.Equal(eventName, line.Event.Name);
        Assert.Contains($"the store Recording failed in {operation}", line.Text, StringComparison.Ordinal);
        Assert.Equal(eventName == "CommitFailed", line.Text.Contains("not stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_typed_failure_is_counted_under_the_name_of_its_store_and_the_operation_that_it_names()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ActAsync, store: store);
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(app);
        store.Before = static call =>
            call == "get"
                ? throw new SessionStoreUnavailableException("Nothing listens.", SessionStoreOperation.Open, "something else")
                : Task.CompletedTask;

        using var failed = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal(
            ["server_session.store.failures 1 backend=Recording operation=open error.type=SessionStoreUnavailableException"],
            counters.Lines
        );
        Assert.Single(app.Logs.Lines, static line => line.Text.Contains("the store Recording failed in open", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"cookie":{"originalMaxAge":"soon"}}""")]
    [InlineData("the store itself looks into it")]
    public async Task A_record_that_is_no_session_fails_under_the_name_of_the_store_that_it_lies_in(string payload)
    {
        using var store = new RecordingStore();
        SessionStoreException? thrown = null;
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                if (context.Request.Path != "/reload")
                {
                    await ActAsync(context);
                    return;
                }

                var session = context.GetServerSession();
                if (payload.StartsWith("the store", StringComparison.Ordinal))
                {
                    store.Before = _ =>
                    {
                        SessionDocument.Parse(System.Text.Encoding.UTF8.GetBytes(payload));
                        return Task.CompletedTask;
                    };
                }

                await store.Inner.SetAsync(session.Id, new SessionRecord(System.Text.Encoding.UTF8.GetBytes(payload), null));
                thrown = await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await session.ReloadAsync());
            },
            store: store
        );
        using var begin = await app.GetAsync("/write");

        using var response = await app.GetAsync("/reload", begin.Cookie());

        Assert.Equal(("Recording", SessionStoreOperation.Get), (thrown?.Backend, thrown?.Operation));
    }

    [Fact]
    public async Task While_the_store_is_disconnected_every_failed_request_is_counted_and_one_a_minute_is_logged()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time);
        await using var app = await TestApp.StartAsync(ActAsync, store: store, time: time);
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(app);
        store.Disconnect();

        for (var request = 1; request <= 5; request++)
        {
            using var failed = await app.GetAsync("/read", begin.Cookie());
            Assert.Equal((503, 1), ((int)failed.StatusCode, app.Logs.Count("StoreDisconnected")));
        }

        time.Advance(TimeSpan.FromSeconds(59.9));
        using var before = await app.GetAsync("/read", begin.Cookie());
        Assert.Equal(1, app.Logs.Count("StoreDisconnected"));
        time.Advance(TimeSpan.FromSeconds(0.1));
        using var after = await app.GetAsync("/read", begin.Cookie());
        using var anonymous = await app.GetAsync("/nothing");

        Assert.Equal(2, app.Logs.Count("StoreDisconnected"));
        Assert.Equal(0, app.Logs.Count("LoadFailed"));
        Assert.Contains(
            "Recording",
            app.Logs.Lines.First(static line => line.Event.Name == "StoreDisconnected").Text,
            StringComparison.Ordinal
        );
        Assert.Equal(
            Enumerable.Repeat(
                "server_session.store.failures 1 backend=Recording operation=get error.type=SessionStoreUnavailableException",
                7
            ),
            counters.Lines
        );
    }

    [Fact]
    public async Task A_failed_save_that_the_application_handles_itself_and_that_succeeds_at_the_end_is_no_failed_request()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", 1);
                try
                {
                    await session.SaveAsync();
                }
                catch (SessionStoreException)
                {
                    await context.Response.WriteAsync("tried once");
                }
            },
            store: store
        );
        using var counters = new CounterCapture(app);
        var sets = 0;
        store.Before = call => call == "set" && ++sets == 1 ? throw new IOException("once") : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal((200, "tried once"), ((int)response.StatusCode, await response.BodyAsync()));
        Assert.Empty(counters.Lines);
    }

    [Fact]
    public async Task An_application_that_asks_again_after_a_failure_makes_one_failed_request_and_not_two()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", 1);
                await Assert.ThrowsAsync<SessionStoreException>(async () => await session.SaveAsync());
                await session.SaveAsync();
            },
            store: store
        );
        using var counters = new CounterCapture(app);
        store.Before = static call => call == "set" ? throw new IOException("each time") : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Single(counters.Lines);
        Assert.Equal(1, app.Logs.Count("OperationFailed") + app.Logs.Count("CommitFailed"));
    }

    [Fact]
    public async Task Every_counter_counts_one_for_one()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ActAsync, store: store, options: static options => options.Protection.Key =
                Convert.ToBase64String(
                    new byte[31]
                        .Append((byte)1)
                        .ToArray()
                ));
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(app);
        using var read = await app.GetAsync("/read", begin.Cookie());
        Assert.Empty(counters.Lines);

        // A parallel request changes it before this one writes: merged.
        store.AfterGet = async () =>
        {
            store.AfterGet = static () => Task.CompletedTask;
            using var other = await app.GetAsync("/other", begin.Cookie());
        };
        using var merged = await app.GetAsync("/write", begin.Cookie());
        Assert.Equal(["server_session.write.conflicts 1 backend=Recording"], counters.Lines);

        // It ends before this one writes: dropped.
        counters.Forget();
        store.AfterGet = async () =>
        {
            store.AfterGet = static () => Task.CompletedTask;
            await store.Inner.ClearAsync();
        };
        using var dropped = await app.GetAsync("/write", begin.Cookie());
        Assert.Equal(["server_session.write.dropped 1 backend=Recording"], counters.Lines);

        // What stands there is not sealed: refused.
        using var again = await app.GetAsync("/write");
        counters.Forget();
        var entry = await store.Inner.AllAsync().SingleAsync();
        await store.Inner.SetAsync(
            entry.Sid,
            new SessionRecord("""{"cookie":{"originalMaxAge":null,"httpOnly":true,"path":"/"},"n":1}"""u8, null)
        );
        using var refused = await app.GetAsync("/read", again.Cookie());
        Assert.Equal(["server_session.load.refused 1 backend=Recording"], counters.Lines);

        counters.Forget();
        store.Before = static call => call == "get" ? throw new IOException("the backend is away") : Task.CompletedTask;
        using var failed = await app.GetAsync("/read", again.Cookie());
        Assert.Equal(
            ["server_session.store.failures 1 backend=Recording operation=get error.type=SessionStoreException"],
            counters.Lines
        );

        counters.Forget();
        store.Before = static call => call == "set" ? throw new IOException("the backend is away") : Task.CompletedTask;
        using var unsaved = await app.GetAsync("/write");
        Assert.Equal(
            ["server_session.store.failures 1 backend=Recording operation=try_set error.type=SessionStoreException"],
            counters.Lines
        );
    }

    private static async Task ActAsync(HttpContext context)
    {
        if (context.Request.Path == "/nothing" || context.FindServerSession() is not { } session)
        {
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/write":
                session.Set("n", session.Get<int>("n") + 1);
                break;
            case "/other":
                session.Set("other", 1);
                break;
            case "/unset":
                context.UnsetServerSession();
                break;
            case "/destroy":
                await session.DestroyAsync();
                break;
            case "/regenerate":
                await session.RegenerateAsync();
                break;
            case "/reload":
                await session.ReloadAsync();
                break;
            case "/save":
                session.Set("n", 7);
                await session.SaveAsync();
                break;
            case "/late-save":
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                session.Set("n", 7);
                await session.SaveAsync();
                break;
        }
    }

    /// <summary>A response that had begun when its request failed is cut.</summary>
    private static async Task IgnoreCutAsync(Task<HttpResponseMessage> request)
    {
        try
        {
            using var response = await request;
        }
        catch (HttpRequestException)
        {
            // What the client sees is not what this is about.
        }
    }
}
