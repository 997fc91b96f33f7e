using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static ServerSessions.Tests.Named.NamedApp;

namespace ServerSessions.Tests.Named;

/// <summary>Two kinds of sessions whose cookies have one name: each would replace the other's cookie.</summary>
public sealed class CookieNameTests
{
    private const string Remedy = "Set ServerSessionOptions.Cookie.Name of one of them.";

    [Fact]
    public async Task In_one_pipeline_they_stop_the_start_with_an_error_that_names_the_setting()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StartAsync(static web =>
            {
                web.UseServerSessions();
                web.UseServerSessions("admin");
            })
        );

        Assert.Equal(
            "The pipeline has the server sessions without a name and the server sessions 'admin', and the cookie of both is called "
                + $"'connect.sid'. {Remedy}",
            refused.Message
        );
    }

    [Fact]
    public async Task In_a_branch_behind_the_other_they_stop_the_start() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StartAsync(static web =>
            {
                web.UseServerSessions();
                web.Map("/admin", static admin => admin.UseServerSessions("admin"));
            })
        );

    [Fact]
    public async Task In_two_branches_they_never_meet_and_the_application_starts()
    {
        await using var app = await StartAsync(static web =>
        {
            web.Map("/admin", static admin =>
            {
                admin.UseServerSessions("admin");
                admin.Run(static context => context.Response.WriteAsync(Count(context.GetServerSession("admin"))));
            });
            web.Map("/shop", static shop =>
            {
                shop.UseServerSessions();
                shop.Run(static context => context.Response.WriteAsync(Count(context.GetServerSession())));
            });
        });

        Assert.Equal("1", await app.Browser.GetStringAsync("/admin"));
        Assert.Equal("1", await app.Browser.GetStringAsync("/shop"));
    }

    [Fact]
    public async Task The_middleware_of_one_name_twice_is_no_conflict()
    {
        await using var app = await StartAsync(static web =>
        {
            web.UseServerSessions();
            web.UseServerSessions();
            web.Run(static context => context.Response.WriteAsync(Count(context.GetServerSession())));
        });

        Assert.Equal("1", await app.Browser.GetStringAsync("/"));
    }

    [Fact]
    public async Task If_only_a_request_brings_them_together_it_fails_with_an_error_that_names_the_setting()
    {
        await using var app = await StartAsync(static web =>
        {
            web.UseWhen(static context => context.Request.Path == "/admin", static admin => admin.UseServerSessions("admin"));
            web.UseServerSessions();
            web.Run(static context => context.Response.WriteAsync(Count(context.GetServerSession())));
        });

        using var both = await app.Browser.GetAsync("/admin");

        Assert.Equal(HttpStatusCode.InternalServerError, both.StatusCode);
        Assert.Contains(Remedy, app.Logs.Text, StringComparison.Ordinal);
        Assert.Equal("1", await app.Browser.GetStringAsync("/"));
    }

    private static Task<NamedApp> StartAsync(Action<WebApplication> pipeline) =>
        NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions(static options => options.Secret = NamedApp.Secret);
                services.AddServerSessions("admin", static options => options.Secret = NamedApp.AdminSecret);
            },
            pipeline
        );
}
