using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Endpoints;

/// <summary>Requests that need no session cost the store nothing, and parts of ASP.NET Core that need one have it.</summary>
public sealed class AssetsAndHealthTests
{
    [Theory]
    [InlineData("/app.css", "body { }")]
    [InlineData("/health", "Healthy")]
    [InlineData("/named-health", "Healthy")]
    [InlineData("/polled/health", "Healthy")]
    public async Task A_static_asset_and_a_health_check_make_no_call_of_the_store_for_a_visitor_with_a_session(string path, string body)
    {
        using var root = new AssetFolder("body { }");
        await using var site = await StartAsync(root);
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync(path, cookie);
        site.Recorded.Disconnect();
        using var during = await site.GetAsync(path, cookie);

        Assert.Equal((body, body), (await response.BodyAsync(), await during.BodyAsync()));
        Assert.Null(response.SetCookie());
        Assert.Empty(site.Recorded.Calls);
    }

    [Fact]
    public async Task A_health_check_that_is_given_a_session_has_one()
    {
        using var root = new AssetFolder("body { }");
        await using var site = await StartAsync(root);

        using var response = await site.GetAsync("/health-of-visitor", await site.SignInAsync());

        Assert.Equal("Healthy", await response.BodyAsync());
        Assert.Equal(["get", "touch"], site.Recorded.Calls);
    }

    [Fact]
    public async Task Code_that_asks_for_the_session_of_an_asset_is_told_how_to_have_it()
    {
        using var root = new AssetFolder("body { }");
        await using var site = await StartAsync(
            root,
            static app =>
            {
                app.UseServerSessions();
                app.Use(
                    static (context, next) =>
                    {
                        context.GetServerSession();
                        return next(context);
                    }
                );
            }
        );

        using var response = await site.GetAsync("/app.css");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("EnableServerSession()", await response.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_with_a_token_of_antiforgery_is_accepted_before_and_after_the_session_has_a_new_id()
    {
        await using var site = await EndpointSite.StartAsync(
            static app =>
            {
                app.UseAntiforgery();
                app.MapGet("/form", static (HttpContext context, IAntiforgery antiforgery) =>
                    antiforgery.GetAndStoreTokens(context).RequestToken
                );
                app.MapPost("/form", static async (HttpContext context, ServerSession session) =>
                    {
                        session.Set("text", (await context.Request.ReadFormAsync())["text"].ToString());
                        await session.RenewForSignInAsync();
                        return session.Get<string>("text");
                    })
                    .WithMetadata(new RequireAntiforgeryTokenAttribute());
            },
            static options => options.CrossSite = SessionCrossSite.Refuse,
            services: static builder => builder.Services.AddAntiforgery(static options => options.Cookie.Name = "xsrf")
        );
        var cookie = await site.SignInAsync();
        using var form = await site.GetAsync("/form", cookie);
        var token = await form.BodyAsync();
        var xsrf = form.Cookie("xsrf");

        using var first = await PostAsync(cookie);
        using var second = await PostAsync(first.Cookie());

        Assert.Equal(("milk", "milk"), (await first.BodyAsync(), await second.BodyAsync()));
        Assert.NotEqual(first.Cookie(), second.Cookie());

        async Task<HttpResponseMessage> PostAsync(string session)
        {
            using var content = new FormUrlEncodedContent([new("text", "milk"), new("__RequestVerificationToken", token)]);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/form") { Content = content };
            request.Headers.Add("Cookie", $"{session}; {xsrf}");
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            return await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_page_without_a_session_is_cached_for_all_and_a_page_that_uses_it_for_none()
    {
        var runs = 0;
        await using var site = await EndpointSite.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/feed", () => $"{++runs}").DisableServerSession().CacheOutput();
                app.MapGet("/me", (ServerSession session) => $"{session.Get<string>("user")} {++runs}")
                    .ReadOnlyServerSession()
                    .CacheOutput();
            },
            services: static builder => builder.Services.AddOutputCache()
        );
        var cookie = await site.SignInAsync();

        using var feed = await site.GetAsync("/feed", cookie);
        using var again = await site.GetAsync("/feed");
        Assert.Equal(("1", "1"), (await feed.BodyAsync(), await again.BodyAsync()));
        Assert.Empty(site.Recorded.Calls);

        using var mine = await site.GetAsync("/me", cookie);
        using var other = await site.GetAsync("/me");
        Assert.Equal(("ada 2", " 3"), (await mine.BodyAsync(), await other.BodyAsync()));
    }

    private static Task<EndpointSite> StartAsync(AssetFolder root, Action<WebApplication>? middleware = null) =>
        EndpointSite.StartAsync(
            app =>
            {
                app.MapStaticAssets(root.Manifest);
                app.MapHealthChecks("/health");
                app.MapGroup("/polled").DoNotExtendServerSession().MapHealthChecks("/health");
                app.MapHealthChecks("/named-health").WithDisplayName("of the load balancer").WithMetadata(new object());
                app.MapHealthChecks("/health-of-visitor").EnableServerSession();
            },
            static options => options.Rolling = true,
            services: static builder => builder.Services.AddHealthChecks(),
            middleware: middleware,
            webRoot: root.Path
        );
}
