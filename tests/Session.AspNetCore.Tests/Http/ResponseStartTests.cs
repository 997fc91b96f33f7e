using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>What is saved before the first byte, and what after it.</summary>
public sealed class ResponseStartTests
{
    [Fact]
    public async Task A_redirect_that_follows_a_write_always_finds_the_write()
    {
        const int Rounds = 2_000;
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(LoginRedirectRead, store: store);

        await RunRounds(app, Rounds, parallel: 8);
    }

    [Fact]
    public async Task A_redirect_finds_the_write_on_a_slow_store_too()
    {
        const int Rounds = 20;
        using var store = new RecordingStore { Before = static call => Task.Delay(call == "set" ? 100 : 0) };
        await using var app = await TestApp.StartAsync(LoginRedirectRead, store: store);

        await RunRounds(app, Rounds, parallel: 10);
    }

    [Fact]
    public async Task The_session_is_stored_before_the_first_byte_of_a_streamed_body()
    {
        using var store = new RecordingStore();
        var written = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.GetServerSession().Set("n", 1);
                await context.Response.WriteAsync("first");
                await context.Response.Body.FlushAsync();
                await written.Task;
                context.GetServerSession().Set("n", 2);
                await context.Response.WriteAsync("second");
            },
            store: store
        );

        using var response = await app.Client.GetAsync(new Uri("/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.NotNull(response.SetCookie());
        Assert.Equal(1, await ValueOfN(store));

        written.SetResult();
        Assert.Equal("firstsecond", await response.BodyAsync());
        Assert.Equal(2, await ValueOfN(store));
        Assert.Equal(["set", "set"], store.Calls);
    }

    [Fact]
    public async Task A_value_that_was_saved_otherwise_after_the_headers_and_then_set_back_is_stored()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/begin")
                {
                    session.Set("n", 1);
                    return;
                }

                await context.Response.WriteAsync("headers");
                session.Set("n", 2);
                await session.SaveAsync();
                session.Set("n", 1);
            },
            store: store
        );
        using var begin = await app.GetAsync("/begin");

        using var response = await app.GetAsync("/", begin.Cookie());

        Assert.Equal("headers", await response.BodyAsync());
        Assert.Equal(1, await ValueOfN(store));
    }

    [Fact]
    public async Task A_lifetime_given_after_headers_without_cookie_counts_from_the_end_of_the_request()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/begin")
                {
                    session.Set("n", 1);
                    return;
                }

                await context.Response.WriteAsync("headers");
                session.Cookie.OriginalMaxAge = TimeSpan.FromMinutes(5);
                time.Advance(TimeSpan.FromSeconds(7));
            },
            options => options.Cookie.MaxAge = TimeSpan.FromMinutes(1),
            store,
            time: time
        );
        using var begin = await app.GetAsync("/begin");

        using var response = await app.GetAsync("/", begin.Cookie());

        Assert.Equal("headers", await response.BodyAsync());
        Assert.Null(response.SetCookie());
        Assert.Equal(
            time.GetUtcNow() + TimeSpan.FromMinutes(5),
            (await store.Inner.AllAsync().SingleAsync(TestContext.Current.CancellationToken)).Record.Expires
        );
    }

    [Fact]
    public async Task A_session_first_written_to_after_the_headers_is_stored_without_cookie_and_the_log_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                await context.Response.WriteAsync("too early");
                context.GetServerSession().Set("n", 1);
            },
            store: store
        );

        using var response = await app.GetAsync();

        Assert.Equal("too early", await response.BodyAsync());
        Assert.Null(response.SetCookie());
        Assert.Equal(["set"], store.Calls);
        Assert.Equal(1, app.Logs.Count("CookieTooLate"));
    }

    [Fact]
    public async Task A_client_that_goes_away_loses_nothing_that_it_caused()
    {
        using var store = new RecordingStore();
        var reached = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        var stored = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.RequestAborted.Register(gone.SetResult);
                reached.SetResult();
                await gone.Task;
                context.GetServerSession().Set("n", 1);
            },
            store: store,
            before: app =>
                app.Use(
                    async (context, next) =>
                    {
                        await next(context);
                        stored.SetResult();
                    }
                )
        );

        using var cancel = new CancellationTokenSource();
        var request = app.Client.GetAsync(new Uri("/", UriKind.Relative), cancel.Token);
        await reached.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await stored.Task;

        Assert.Equal(1, await ValueOfN(store));
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    [InlineData("GET", 404)]
    [InlineData("HEAD", 200)]
    [InlineData("POST", 302)]
    public async Task Answers_without_a_body_carry_the_cookie_too(string method, int status)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                context.GetServerSession().Set("n", 1);
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            },
            store: store
        );

        using var response = await app.SendAsync(new HttpMethod(method), "/", cookie: null);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(response.SetCookie());
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task Cookies_of_the_application_stay_byte_for_byte()
    {
        const string Own = "theirs=1; path=/; some=thing; samesite=LAX";
        await using var app = await TestApp.StartAsync(static context =>
        {
            context.Response.Headers.Append("Set-Cookie", Own);
            context.GetServerSession().Set("n", 1);
            context.Response.Headers.Append("Set-Cookie", "another=2");
            return Task.CompletedTask;
        });

        using var response = await app.GetAsync();

        var cookies = response.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal([Own, "another=2"], cookies[..2]);
        Assert.StartsWith("connect.sid=s%3A", Assert.Single(cookies[2..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_runs_twice_for_an_error_page_keeps_one_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                session.Set(context.Request.Path.Value!, 1);
                if (context.Request.Path == "/fail")
                {
                    throw new InvalidOperationException("the application's own");
                }

                return context.Response.WriteAsync(string.Join(' ', session.Keys));
            },
            store: store,
            before: static app => app.UseExceptionHandler("/error")
        );

        using var response = await app.GetAsync("/fail");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("/fail /error", await response.BodyAsync());
        Assert.Equal(1, await store.Inner.LengthAsync());
    }

    private static Task LoginRedirectRead(HttpContext context)
    {
        if (context.Request.Path == "/login")
        {
            context.GetServerSession().Set("user", context.Request.Query["user"].ToString());
            context.Response.Redirect("/home");
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody");
    }

    private static async Task RunRounds(TestApp app, int rounds, int parallel)
    {
        var stale = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, rounds),
            new ParallelOptions { MaxDegreeOfParallelism = parallel },
            async (round, _) =>
            {
                using var first = app.NewClient();
                using var redirect = await app.GetAsync($"/login?user=u{round}", client: first);
                using var second = app.NewClient();
                using var home = await app.GetAsync(redirect.Headers.Location!.ToString(), redirect.Cookie(), second);
                if (await home.BodyAsync() != $"u{round}")
                {
                    Interlocked.Increment(ref stale);
                }
            }
        );

        Assert.Equal(0, stale);
    }

    private static async Task<int> ValueOfN(RecordingStore store)
    {
        await foreach (var entry in store.Inner.AllAsync())
        {
            Assert.True(SessionDocument.Parse(entry.Record.Payload).TryGetJson("n", out var json));
            return int.Parse(System.Text.Encoding.UTF8.GetString(json.Span), System.Globalization.CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException("Nothing is stored.");
    }
}
