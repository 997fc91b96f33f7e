using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Http;

/// <summary>What the middleware's own response to a failure consists of.</summary>
public sealed class FailureResponseTests
{
    [Theory]
    [InlineData("load", true, 503, "Service Unavailable")]
    [InlineData("load", false, 500, "Internal Server Error")]
    [InlineData("save", true, 503, "Service Unavailable")]
    [InlineData("save", false, 500, "Internal Server Error")]
    [InlineData("gone", true, 409, "Conflict")]
    public async Task A_failure_has_a_problem_body_and_says_when_to_try_again_if_that_may_help(
        string what,
        bool transient,
        int status,
        string title
    )
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();
        Fail(store, what, transient);

        using var failed = await app.GetAsync(what == "gone" ? "/reload" : "/", begin.Cookie());

        Assert.Equal(status, (int)failed.StatusCode);
        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType?.ToString());
        Assert.Equal(status == 503 ? TimeSpan.FromSeconds(5) : null, failed.Headers.RetryAfter?.Delta);
        Assert.True(failed.Headers.CacheControl?.NoStore);
        using var problem = JsonDocument.Parse(await failed.BodyAsync());
        Assert.Equal(["type", "title", "status", "detail"], problem.RootElement.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(
            (title, status),
            (problem.RootElement.GetProperty("title").GetString(), problem.RootElement.GetProperty("status").GetInt32())
        );
        Assert.Equal(problem.RootElement.GetRawText().Length, failed.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("save")]
    public async Task A_HEAD_request_gets_the_same_headers_and_no_body(string what)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();
        Fail(store, what, transient: true);

        using var failed = await app.SendAsync(HttpMethod.Head, "/", begin.Cookie());

        Assert.Equal((503, ""), ((int)failed.StatusCode, await failed.BodyAsync()));
        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType?.ToString());
        Assert.NotNull(failed.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("save")]
    public async Task The_applications_problem_service_writes_the_body_if_there_is_one(string what)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store, sessions: static sessions =>
            sessions.Services.AddProblemDetails(static problems =>
                problems.CustomizeProblemDetails = static problem =>
                    problem.ProblemDetails.Extensions["cause"] = problem.Exception?.GetType().Name
            )
        );
        using var begin = await app.GetAsync();
        Fail(store, what, transient: true);

        using var failed = await app.GetAsync("/", begin.Cookie());

        using var body = JsonDocument.Parse(await failed.BodyAsync());
        Assert.Equal("SessionStoreException", body.RootElement.GetProperty("cause").GetString());
        Assert.Equal("Service Unavailable", body.RootElement.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("load")]
    [InlineData("save")]
    public async Task A_client_that_the_problem_service_refuses_to_serve_gets_the_problem_body_all_the_same(string what)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store, sessions: static sessions => sessions.Services.AddProblemDetails());
        using var begin = await app.GetAsync();
        Fail(store, what, transient: true);
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        using var failed = await app.GetAsync("/", begin.Cookie(), client);

        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("load")]
    [InlineData("save")]
    public async Task Headers_that_middleware_in_front_has_set_stay_and_those_of_the_application_and_of_its_body_go(string what)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store, static app => app.Use(
                static (context, next) =>
                {
                    var headers = context.Response.Headers;
                    (headers["X-Correlation-Id"], headers["Strict-Transport-Security"]) = ("c-1", "max-age=63072000");
                    headers.ContentSecurityPolicy = "default-src 'self'";
                    headers.SetCookie = "theme=dark";
                    (headers.ContentLanguage, headers.ETag, headers.LastModified, headers.Expires) = (
                        "de",
                        "\"1\"",
                        "Sun, 01 Mar 2026 12:00:00 GMT",
                        "Sun, 01 Mar 2026 12:00:00 GMT"
                    );
                    headers.CacheControl = "public, max-age=600";
                    headers["X-Replaced"] = "front";
                    return next(context);
                }
            ));
        using var begin = await app.GetAsync();
        Fail(store, what, transient: true);

        using var failed = await app.GetAsync("/", begin.Cookie());

        Assert.Equal("c-1", Assert.Single(failed.Headers.GetValues("X-Correlation-Id")));
        Assert.Equal("max-age=63072000", Assert.Single(failed.Headers.GetValues("Strict-Transport-Security")));
        Assert.Equal("default-src 'self'", Assert.Single(failed.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("front", Assert.Single(failed.Headers.GetValues("X-Replaced")));
        Assert.Equal(["theme=dark"], failed.Headers.GetValues("Set-Cookie"));
        Assert.Equal("no-store", failed.Headers.CacheControl?.ToString());
        Assert.Null(failed.Headers.ETag);
        Assert.Empty(failed.Content.Headers.ContentLanguage);
        Assert.Null(failed.Content.Headers.LastModified);
        Assert.Null(failed.Content.Headers.Expires);
        Assert.False(failed.Headers.Contains("X-Application"));
    }

    [Theory]
    [InlineData("load")]
    [InlineData("save")]
    public async Task Status_code_pages_in_front_give_the_body(string what)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store, static app => app.UseStatusCodePages("text/plain", "page for {0}"));
        using var begin = await app.GetAsync();
        Fail(store, what, transient: true);

        using var failed = await app.GetAsync("/", begin.Cookie());

        Assert.Equal((503, "page for 503"), ((int)failed.StatusCode, await failed.BodyAsync()));
        Assert.NotNull(failed.Headers.RetryAfter);
    }

    private static void Fail(RecordingStore store, string what, bool transient) =>
        store.Before = call =>
        {
            if (what == "gone")
            {
                return call == "get" && store.Calls.Count(static made => made == "get") == 2
                    ? store.Inner.ClearAsync().AsTask()
                    : Task.CompletedTask;
            }

            return call == (what == "load" ? "get" : "set")
                ? throw new SessionStoreException("Trouble.", SessionStoreOperation.Get, "Test", transient)
                : Task.CompletedTask;
        };

    private static Task<TestApp> StartAsync(
        RecordingStore store,
        Action<WebApplication>? before = null,
        Action<IServerSessionBuilder>? sessions = null
    ) =>
        TestApp.StartAsync(
            static async context =>
            {
                context.Response.Headers["X-Application"] = "half made";
                context.Response.Headers["X-Replaced"] = "application";
                var session = context.GetServerSession();
                if (context.Request.Path == "/reload")
                {
                    await session.ReloadAsync();
                    return;
                }

                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync("all is well");
            },
            store: store,
            before: before,
            sessions: sessions
        );
}
