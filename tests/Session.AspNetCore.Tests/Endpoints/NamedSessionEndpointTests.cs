using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Endpoints;

/// <summary>Metadata in an application with several kinds of sessions.</summary>
public sealed class NamedSessionEndpointTests
{
    [Fact]
    public async Task An_endpoint_requires_the_session_of_the_name_that_it_says()
    {
        await using var site = await StartAsync();
        var visitor = await site.SignInAsync();
        using var begin = await site.GetAsync("/begin-admin");
        var admin = begin.Cookie("admin.sid");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/admin", visitor));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/admin", admin));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/visitor", visitor));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/visitor", admin));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/both", visitor));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/both", $"{visitor}; {admin}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/both/optional", null));

        async Task<HttpStatusCode> StatusAsync(string path, string? cookie)
        {
            using var response = await site.GetAsync(path, cookie);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task An_endpoint_without_a_session_has_none_of_any_name()
    {
        await using var site = await StartAsync();
        using var begin = await site.GetAsync("/begin-admin");

        using var response = await site.GetAsync("/none", begin.Cookie("admin.sid"));

        Assert.Equal("True True", await response.BodyAsync());
    }

    [Fact]
    public async Task A_name_whose_middleware_has_not_run_is_an_error()
    {
        await using var site = await StartAsync();

        using var response = await site.GetAsync("/misspelled");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("the session middleware has not run", await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_counts_where_all_sessions_have_a_name()
    {
        await using var site = await StartAsync(static app => app.UseServerSessions("admin"));
        using var begin = await site.GetAsync("/begin-admin");

        using var changed = await site.GetAsync("/read-only-admin", begin.Cookie("admin.sid"));
        using var known = await site.GetAsync("/admin", begin.Cookie("admin.sid"));
        using var unknown = await site.GetAsync("/admin");

        Assert.Contains("ReadOnlyServerSession", await changed.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
    }

    private static Task<EndpointSite> StartAsync(Action<WebApplication>? middleware = null) =>
        EndpointSite.StartAsync(
            static app =>
            {
                app.MapGet("/begin-admin", static (HttpContext context) => context.GetServerSession("admin").Set("role", "admin"));
                app.MapGet("/admin", static () => "admin").RequireServerSession("admin");
                app.MapGet("/visitor", static () => "visitor").RequireServerSession();
                var both = app.MapGroup("/both").RequireServerSession().RequireServerSession("admin");
                both.MapGet("", static () => "both");
                both.MapGet("/optional", static () => "optional").EnableServerSession();
                app.MapGet("/none", static (HttpContext context) =>
                        $"{context.FindServerSession() is null} {context.FindServerSession("admin") is null}"
                    )
                    .DisableServerSession();
                app.MapGet("/misspelled", static () => "run").RequireServerSession("admim");
                app.MapGet("/read-only-admin", static (HttpContext context) => context.GetServerSession("admin").Set("n", 1))
                    .ReadOnlyServerSession();
            },
            services: static builder =>
                builder
                    .Services.AddServerSessions("admin", static options =>
                    {
                        options.Secret = "the secret of the admins, which is another one";
                        options.Cookie.Name = "admin.sid";
                    })
                    .AddMemoryStore(),
            middleware: middleware
                ?? (
                    static app =>
                    {
                        app.UseServerSessions();
                        app.UseServerSessions("admin");
                    }
                )
        );
}
