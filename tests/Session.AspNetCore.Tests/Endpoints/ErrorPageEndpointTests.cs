using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Endpoints;

/// <summary>An error page for which the pipeline runs again has the session that its own endpoint says.</summary>
public sealed class ErrorPageEndpointTests
{
    [Theory]
    // Where the first endpoint has no session it is read for the page.
    [InlineData("/disabled", "/page/ordinary", "page of ada", "get set", true)]
    // Where the page has none the first endpoint's change is stored all the same.
    [InlineData("/changes", "/page/disabled", "page without a session", "get set", true)]
    [InlineData("/disabled", "/page/disabled", "page without a session", "", false)]
    [InlineData("/disabled", "/page/read-only", "page of ada", "get touch", false)]
    [InlineData("/changes", "/page/read-only", "page of ada", "get set", true)]
    [InlineData("/reads", "/page/read-only", "page of ada", "get touch", false)]
    [InlineData("/read-only", "/page/ordinary", "page of ada", "get touch set", true)]
    [InlineData("/not-extended", "/page/read-only", "page of ada", "get", false)]
    [InlineData("/not-extended", "/page/ordinary", "page of ada", "get set", false)]
    [InlineData("/disabled", "/page/required", "page of ada", "get touch", false)]
    public async Task A_page_for_a_status_has_what_its_own_endpoint_says(
        string path,
        string page,
        string body,
        string calls,
        bool setsCookie
    )
    {
        await using var site = await StartAsync(app => app.UseStatusCodePagesWithReExecute(page));
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync(path, cookie);

        Assert.Equal((HttpStatusCode.NotFound, body), (response.StatusCode, await response.BodyAsync()));
        Assert.Equal(calls, string.Join(' ', site.Recorded.Calls));
        Assert.Equal(setsCookie, response.SetCookie() is not null);
    }

    [Theory]
    [InlineData("/throws", "/page/disabled", "page without a session")]
    [InlineData("/throws", "/page/ordinary", "page of ada")]
    [InlineData("/disabled-throws", "/page/ordinary", "page of ada")]
    public async Task So_has_a_page_for_an_exception(string path, string page, string body)
    {
        await using var site = await StartAsync(app => app.UseExceptionHandler(page));

        using var response = await site.GetAsync(path, await site.SignInAsync());

        Assert.Equal((HttpStatusCode.InternalServerError, body), (response.StatusCode, await response.BodyAsync()));
    }

    [Fact]
    public async Task A_flash_value_that_a_read_only_endpoint_has_read_stays_although_its_error_page_writes()
    {
        await using var site = await StartAsync(static app => app.UseStatusCodePagesWithReExecute("/page/ordinary"));
        var cookie = await site.SignInAsync();
        using var said = await site.GetAsync("/say", cookie);

        using var read = await site.GetAsync("/hear", cookie);

        Assert.Equal("page of ada", await read.BodyAsync());
        using var later = await site.GetAsync("/heard", cookie);
        Assert.Equal("Saved.", await later.BodyAsync());
    }

    [Fact]
    public async Task A_page_that_requires_a_session_does_not_run_without_one()
    {
        await using var site = await StartAsync(static app => app.UseStatusCodePagesWithReExecute("/page/required"));

        using var response = await site.GetAsync("/disabled");

        Assert.DoesNotContain("page of", await response.BodyAsync(), StringComparison.Ordinal);
    }

    private static Task<EndpointSite> StartAsync(Action<WebApplication> pages) =>
        EndpointSite.StartAsync(
            static app =>
            {
                app.MapGet("/disabled", static () => Results.NotFound()).DisableServerSession();
                app.MapGet("/read-only", static (ServerSession session) => Results.NotFound()).ReadOnlyServerSession();
                app.MapGet("/not-extended", static (ServerSession session) => Results.NotFound()).DoNotExtendServerSession();
                app.MapGet("/reads", static (ServerSession session) => Results.NotFound());
                app.MapGet("/changes", static (ServerSession session) =>
                {
                    session.Set("n", 1);
                    return Results.NotFound();
                });
                app.MapGet("/say", static (ServerSession session) => session.Flash.Set("notice", "Saved."));
                app.MapGet("/heard", static (ServerSession session) => session.Flash.Peek<string>("notice"));
                app.MapGet("/hear", static (ServerSession session) =>
                {
                    Assert.Equal("Saved.", session.Flash.Get<string>("notice"));
                    return Results.NotFound();
                }).ReadOnlyServerSession();
                app.MapGet("/throws", Throw);
                app.MapGet("/disabled-throws", Throw).DisableServerSession();
                app.MapGet("/page/disabled", Show).DisableServerSession();
                app.MapGet("/page/read-only", Show).ReadOnlyServerSession();
                app.MapGet("/page/required", Show).RequireServerSession();
                app.MapGet("/page/ordinary", static (HttpContext context, ServerSession session) =>
                {
                    session.Set("pages", 1);
                    return Show(context);
                });
            },
            static options => options.Cookie.MaxAge = TimeSpan.FromHours(1),
            middleware: app =>
            {
                pages(app);
                app.UseServerSessions();
            }
        );

    private static string Throw() => throw new TimeoutException("the application's own");

    private static string Show(HttpContext context) =>
        context.FindServerSession() is { } session ? $"page of {session.Get<string>("user")}" : "page without a session";
}
