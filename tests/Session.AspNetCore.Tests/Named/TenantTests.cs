using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static ServerSessions.Tests.Named.NamedApp;

namespace ServerSessions.Tests.Named;

/// <summary>Sessions that the application chooses for each request: those of its tenant.</summary>
public sealed class TenantTests
{
    [Fact]
    public async Task Each_tenant_has_the_secret_the_cookie_and_the_store_of_its_name()
    {
        await using var app = await NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions("a", static options => (options.Secret, options.Cookie.Name) = (NamedApp.Secret, "a.sid"));
                services.AddServerSessions("b", static options => (options.Secret, options.Cookie.Name) = (NamedApp.AdminSecret, "b.sid"));
            },
            static web =>
            {
                web.UseServerSessions(static context => context.Request.Headers["X-Tenant"].ToString());
                web.Run(static context => context.Response.WriteAsync(Count(context.GetServerSession())));
            }
        );

        async Task<HttpResponseMessage> GetAsync(string tenant)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("X-Tenant", tenant);
            return await app.Browser.SendAsync(request);
        }

        using var a = await GetAsync("a");
        Assert.NotNull(a.SetCookie("a.sid"));
        using var b = await GetAsync("b");
        Assert.NotNull(b.SetCookie("b.sid"));
        using var again = await GetAsync("a");
        Assert.Equal("2", await again.BodyAsync());
        using var unknown = await GetAsync("c");
        Assert.Equal(HttpStatusCode.InternalServerError, unknown.StatusCode);
        Assert.Contains("AddServerSessions was not called with this name", app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_one_kind_of_sessions_for_all_tenants_a_cookie_opens_nothing_at_another_host()
    {
        await using var app = await NamedApp.StartAsync(
            static services => services.AddServerSessions(static options => options.Secret = NamedApp.Secret),
            static app =>
            {
                app.UseRouting();

                // As the README of the package has it.
                app.UseServerSessions();
                app.Use(
                    async (context, next) =>
                    {
                        if (context.GetServerSession().Get<string>("tenant") is { } tenant && tenant != context.Request.Host.Host)
                        {
                            context.Response.StatusCode = StatusCodes.Status403Forbidden;
                            return;
                        }

                        await next(context);
                    }
                );
                app.MapPost("/sign-in", async (HttpContext context, ServerSession session) =>
                {
                    await session.RenewForSignInAsync();
                    session.Set("tenant", context.Request.Host.Host);
                });
                app.MapGet("/", static (ServerSession session) => session.Get<string>("tenant") ?? "none");
            }
        );

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string host)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Host = host;
            return await app.Browser.SendAsync(request);
        }

        using var signedIn = await SendAsync(HttpMethod.Post, "/sign-in", "a.example");
        using var own = await SendAsync(HttpMethod.Get, "/", "a.example");
        using var other = await SendAsync(HttpMethod.Get, "/", "b.example");

        Assert.Equal(("a.example", HttpStatusCode.Forbidden), (await own.BodyAsync(), other.StatusCode));
    }

    [Fact]
    public async Task An_error_page_has_the_session_of_the_tenant_of_the_first_run()
    {
        await using var app = await NamedApp.StartAsync(
            static services =>
            {
                services.AddServerSessions("a", static options => options.Secret = NamedApp.Secret);
                services.AddServerSessions("b", static options => options.Secret = NamedApp.AdminSecret);
            },
            static web =>
            {
                web.UseExceptionHandler("/error");
                web.UseServerSessions(static context => context.Request.Path == "/error" ? "b" : "a");
                web.Run(static context =>
                {
                    context.GetServerSession().Set("seen", context.GetServerSession().Get<int>("seen") + 1);
                    return context.Request.Path == "/error"
                        ? context.Response.WriteAsync(context.GetServerSession().Get<int>("seen").ToString(CultureInfo.InvariantCulture))
                        : throw new InvalidOperationException("planted");
                });
            }
        );

        using var response = await app.Browser.GetAsync("/");

        Assert.Equal("2", await response.BodyAsync());
        Assert.Equal(1, await LengthAsync(app.Services.GetRequiredKeyedService<ISessionStore>("a")));
        Assert.Equal(0, await LengthAsync(app.Services.GetRequiredKeyedService<ISessionStore>("b")));
    }
}
