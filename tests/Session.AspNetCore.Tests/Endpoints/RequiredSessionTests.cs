using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Endpoints;

/// <summary>An endpoint that runs only for requests whose session exists.</summary>
public sealed class RequiredSessionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private int _runs;

    [Theory]
    [InlineData("none", SessionMissing.Unauthorized, 401)]
    [InlineData("forged", SessionMissing.Unauthorized, 401)]
    [InlineData("expired", SessionMissing.Unauthorized, 401)]
    [InlineData("destroyed", SessionMissing.Forbidden, 403)]
    [InlineData("none", SessionMissing.LoginTimeout, 440)]
    public async Task Without_a_session_that_exists_the_endpoint_does_not_run(string visitor, SessionMissing missing, int status)
    {
        await using var site = await StartAsync(options =>
            (options.WhenMissing, options.Cookie.MaxAge, options.SaveUninitialized) = (missing, TimeSpan.FromMinutes(20), true)
        );
        var cookie = await site.SignInAsync();
        switch (visitor)
        {
            case "expired":
                _time.Advance(TimeSpan.FromMinutes(21));
                break;
            case "destroyed":
                (await site.GetAsync("/sign-out", cookie)).Dispose();
                break;
        }

        using var response = await site.GetAsync(
            "/orders",
            visitor switch
            {
                "none" => null,
                "forged" => cookie[..^3] + "abc",
                _ => cookie,
            }
        );

        Assert.Equal((status, 0), ((int)response.StatusCode, _runs));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("needs a session", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 401 ? "Cookie" : "", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task With_a_session_that_exists_the_endpoint_runs()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/orders", await site.SignInAsync());

        Assert.Equal(("orders of ada", 1), (await response.BodyAsync(), _runs));
    }

    [Theory]
    [InlineData(false, false, 503)]
    [InlineData(false, true, 500)]
    [InlineData(true, false, 503)]
    public async Task A_session_that_may_exist_is_not_missing(bool isDisconnected, bool isLasting, int status)
    {
        await using var site = await StartAsync(static options =>
            (options.WhenLoadFails, options.WhenDisconnected) = (
                SessionFailureBehavior.Continue,
                SessionDisconnectedBehavior.ContinueWithoutSession
            )
        );
        var cookie = await site.SignInAsync();
        if (isDisconnected)
        {
            site.Recorded.Disconnect();
        }
        else
        {
            site.Recorded.Before = _ =>
                throw new SessionStoreException("Trouble.", SessionStoreOperation.Get, "Test", isTransient: !isLasting);
        }

        using var required = await site.GetAsync("/orders", cookie);
        using var other = await site.GetAsync("/optional", cookie);

        Assert.Equal((status, 0), ((int)required.StatusCode, _runs));
        Assert.Equal(status == 503, required.Headers.RetryAfter is not null);
        Assert.Equal("no session", await other.BodyAsync());
    }

    [Fact]
    public async Task A_page_for_the_status_is_shown_in_place_of_the_problem()
    {
        await using var site = await StartAsync(middleware: static app =>
        {
            app.UseStatusCodePagesWithReExecute("/status/{0}");
            app.UseServerSessions();
        });

        using var response = await site.GetAsync("/orders");

        Assert.Equal((HttpStatusCode.Unauthorized, "page for 401"), (response.StatusCode, await response.BodyAsync()));
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task HEAD_gets_the_status_without_a_body()
    {
        await using var site = await StartAsync();

        using var response = await site.SendAsync("HEAD", "/orders", null);

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (response.StatusCode, await response.BodyAsync()));
    }

    private Task<EndpointSite> StartAsync(Action<ServerSessionOptions>? options = null, Action<WebApplication>? middleware = null) =>
        EndpointSite.StartAsync(
            app =>
            {
                app.MapMethods("/orders", ["GET", "HEAD"], (ServerSession session) =>
                    {
                        _runs++;
                        return $"orders of {session.Get<string>("user")}";
                    })
                    .RequireServerSession();
                app.MapGet("/optional", static (HttpContext context) => context.FindServerSession() is null ? "no session" : "a session");
                app.MapGet("/sign-out", static (ServerSession session) => session.DestroyAsync().AsTask());
                app.MapGet("/status/{status}", static (string status) => $"page for {status}");
            },
            options,
            time: _time,
            middleware: middleware
        );
}
