using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Endpoints;

/// <summary>Metadata that the session middleware could not apply is an error, and never ignored.</summary>
public sealed class EndpointOrderTests
{
    private int _runs;

    public static TheoryData<string> Demands => ["required", "read-only", "not-extended", "attribute", "mvc", "cross-site"];

    [Theory]
    [MemberData(nameof(Demands))]
    [InlineData("disabled")]
    public async Task A_middleware_in_front_of_routing_is_an_error_at_each_endpoint_with_metadata(string path)
    {
        await using var site = await StartAsync(static app =>
        {
            app.UseServerSessions();
            app.UseRouting();
        });
        var cookie = await site.SignInAsync();

        using var declared = await site.GetAsync($"/{path}", cookie);
        using var other = await site.GetAsync("/other", cookie);

        Assert.Equal((HttpStatusCode.InternalServerError, 0), (declared.StatusCode, _runs));
        Assert.Contains("app.UseRouting() before app.UseServerSessions()", await declared.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal("a session", await other.BodyAsync());
    }

    [Theory]
    [MemberData(nameof(Demands))]
    public async Task An_application_without_the_middleware_is_an_error_at_each_endpoint_with_a_demand(string path)
    {
        await using var site = await StartAsync(static _ => { });

        using var declared = await site.GetAsync($"/{path}");
        using var disabled = await site.GetAsync("/disabled");

        Assert.Equal(HttpStatusCode.InternalServerError, declared.StatusCode);
        Assert.Contains("the session middleware has not run", await declared.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, 1), (disabled.StatusCode, _runs));
    }

    [Fact]
    public async Task An_endpoint_that_ends_the_request_in_routing_is_an_error_if_it_demands_something_of_the_session()
    {
        await using var site = await StartAsync(middleware: null);

        using var required = await site.GetAsync("/short/required");
        using var disabled = await site.GetAsync("/short/disabled");
        using var asks = await site.GetAsync("/short/asks");

        Assert.Contains("ShortCircuit()", await required.BodyAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.OK, 1), (required.StatusCode, disabled.StatusCode, _runs));
        Assert.Contains("ShortCircuit()", await asks.BodyAsync(), StringComparison.Ordinal);
        Assert.Empty(site.Recorded.Calls);
    }

    [Fact]
    public async Task A_session_that_a_test_gives_the_request_satisfies_an_endpoint_with_metadata()
    {
        await using var site = await StartAsync(static app =>
            app.Use(
                static (context, next) =>
                {
                    context.Features.Set<IServerSessionFeature>(new OfTest());
                    return next(context);
                }
            )
        );

        using var response = await site.GetAsync("/required");

        Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, _runs));
    }

    [Fact]
    public async Task The_better_of_two_endpoints_that_match_decides()
    {
        await using var site = await StartAsync(middleware: null);
        var cookie = await site.SignInAsync();

        using var literal = await site.GetAsync("/match/literal", cookie);
        using var other = await site.GetAsync("/match/other", cookie);

        Assert.Equal(("no session", "other"), (await literal.BodyAsync(), await other.BodyAsync()));
        Assert.Equal(["get", "touch"], site.Recorded.Calls);
    }

    private Task<EndpointSite> StartAsync(Action<WebApplication>? middleware) =>
        EndpointSite.StartAsync(
            app =>
            {
                app.MapGet("/required", Run).RequireServerSession();
                app.MapGet("/read-only", Run).ReadOnlyServerSession();
                app.MapGet("/not-extended", Run).DoNotExtendServerSession();
                app.MapGet("/cross-site", Run).CrossSiteServerSession(SessionCrossSite.Refuse);
                app.MapGet("/attribute", [RequireServerSession] () => Run());
                app.MapGet("/disabled", Run).DisableServerSession();
                app.MapGet("/short/required", Run).RequireServerSession().ShortCircuit();
                app.MapGet("/short/disabled", Run).DisableServerSession().ShortCircuit();
                app.MapGet("/short/asks", static (HttpContext context) => context.GetServerSession().Count).ShortCircuit();
                app.MapGet("/other", static (HttpContext context) => context.FindServerSession() is null ? "no session" : "a session");
                app.MapGet("/match/literal", static (HttpContext context) =>
                        context.FindServerSession() is null ? "no session" : "a session"
                    )
                    .DisableServerSession();
                app.MapGet("/match/{name}", static (string name) => name).ReadOnlyServerSession();
                app.MapControllers();
            },
            services: static builder => builder.Services.AddControllers().AddApplicationPart(typeof(EndpointController).Assembly),
            middleware: middleware
        );

    private string Run()
    {
        _runs++;
        return "run";
    }

    private sealed class OfTest : IServerSessionFeature
    {
        public ServerSession? Session => null;

        public string? SessionId => null;

        public Exception? Failure => null;

        public void Unset() { }
    }
}
