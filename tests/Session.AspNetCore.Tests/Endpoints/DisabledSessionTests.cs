using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Endpoints;

/// <summary>An endpoint without a session: nothing is read, nothing is sent, and code that asks for the session is told why.</summary>
public sealed class DisabledSessionTests
{
    [Theory]
    [InlineData("/builder")]
    [InlineData("/attribute")]
    [InlineData("/group/one")]
    [InlineData("/group/nested/two")]
    public async Task A_request_to_an_endpoint_without_a_session_makes_no_call_of_the_store_and_gets_no_cookie(string path)
    {
        await using var site = await StartAsync(options => (options.Rolling, options.SaveUninitialized) = (true, true));
        var cookie = await site.SignInAsync();

        foreach (var visitor in new[] { cookie, null })
        {
            using var response = await site.GetAsync(path, visitor);

            Assert.Equal("no session", await response.BodyAsync());
            Assert.Null(response.SetCookie());
            Assert.False(response.Headers.Contains("Cache-Control"));
            Assert.False(response.Headers.Contains("Vary"));
        }

        Assert.Empty(site.Recorded.Calls);
    }

    [Fact]
    public async Task No_function_of_the_application_is_called_for_an_endpoint_without_a_session()
    {
        var called = 0;
        await using var site = await StartAsync(options =>
        {
            options.CookiePerRequest = _ =>
            {
                called++;
                return new SessionCookieOptions();
            };
            options.GenerateSid = _ => $"id {++called}";
        });
        var cookie = await site.SignInAsync();
        called = 0;

        using var response = await site.GetAsync("/builder", cookie);

        Assert.Equal(0, called);
    }

    [Theory]
    [InlineData("/asks")]
    [InlineData("/parameter")]
    public async Task Asking_for_the_session_of_an_endpoint_without_one_is_an_error_that_names_the_metadata(string path)
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync(path, cookie);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("DisableServerSession", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Empty(site.Recorded.Calls);
    }

    [Theory]
    [InlineData("/group/on", "ada", "get touch")]
    [InlineData("/group/on-by-attribute", "ada", "get touch")]
    [InlineData("/off-after-attribute", "no session", "")]
    [InlineData("/group/required", "ada", "get touch")]
    [InlineData("/group/off-again", "no session", "")]
    [InlineData("/required/off", "no session", "")]
    public async Task Of_metadata_that_contradicts_the_last_counts(string path, string body, string calls)
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync(path, cookie);

        Assert.Equal((body, calls), (await response.BodyAsync(), string.Join(' ', site.Recorded.Calls)));
    }

    [Fact]
    public async Task While_the_store_is_away_an_endpoint_without_a_session_responds_as_always()
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();
        site.Recorded.Disconnect();

        using var without = await site.GetAsync("/builder", cookie);
        using var with = await site.GetAsync("/group/on", cookie);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (without.StatusCode, with.StatusCode));
    }

    [Fact]
    public async Task Metadata_of_the_applications_own_that_says_several_things_is_observed()
    {
        await using var site = await EndpointSite.StartAsync(static app =>
            app.MapGet("/poll", [Polling] static (ServerSession session) => session.Get<string>("user"))
        );
        var cookie = await site.SignInAsync();

        using var known = await site.GetAsync("/poll", cookie);
        using var unknown = await site.GetAsync("/poll");

        Assert.Equal(("ada", HttpStatusCode.Unauthorized), (await known.BodyAsync(), unknown.StatusCode));
        Assert.Equal(["get"], site.Recorded.Calls);
    }

    private static Task<EndpointSite> StartAsync(Action<ServerSessionOptions>? options = null) =>
        EndpointSite.StartAsync(
            static app =>
            {
                app.MapGet("/builder", Find).DisableServerSession();
                app.MapGet("/attribute", [DisableServerSession] static (HttpContext context) => Find(context));
                app.MapGet("/asks", static (HttpContext context) => context.GetServerSession().Count).DisableServerSession();
                app.MapGet("/parameter", static (ServerSession session) => session.Count).DisableServerSession();
                var group = app.MapGroup("/group").DisableServerSession();
                group.MapGet("/one", Find);
                group.MapGroup("/nested").MapGet("/two", Find);
                group.MapGet("/on", Find).EnableServerSession();
                group.MapGet("/on-by-attribute", [EnableServerSession] static (HttpContext context) => Find(context));
                app.MapGet("/off-after-attribute", [EnableServerSession] static (HttpContext context) => Find(context))
                    .DisableServerSession();
                group.MapGet("/required", Find).RequireServerSession();
                group.MapGroup("").EnableServerSession().MapGet("/off-again", Find).DisableServerSession();
                app.MapGroup("/required").RequireServerSession().MapGet("/off", Find).DisableServerSession();
            },
            options
        );

    private static string Find(HttpContext context)
    {
        var session = context.FindServerSession();
        Assert.Equal(session is null, context.GetServerSessionId() is null);
        Assert.Null(context.GetServerSessionFailure());
        return session is null ? "no session" : session.Get<string>("user") ?? "nobody";
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PollingAttribute : Attribute, IServerSessionMetadata
    {
        bool? IServerSessionMetadata.IsRequired => true;

        bool? IServerSessionMetadata.IsReadOnly => true;

        bool? IServerSessionMetadata.IsExtended => false;
    }
}
