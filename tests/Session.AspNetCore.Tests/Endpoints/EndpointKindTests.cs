using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Parameters;

namespace ServerSessions.Tests.Endpoints;

/// <summary>Metadata on other endpoints than those of minimal APIs.</summary>
public sealed class EndpointKindTests
{
    [Theory]
    [InlineData("/mvc", "ada", "get touch")]
    [InlineData("/mvc/disabled", "no session", "")]
    [InlineData("/mvc/enabled", "ada", "get touch")]
    [InlineData("/mvc/read-only", "ada", "get")]
    public async Task An_action_of_MVC_has_what_its_class_and_its_method_say(string path, string body, string calls)
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var known = await site.GetAsync(path, cookie);

        Assert.Equal((body, calls), (await known.BodyAsync(), string.Join(' ', site.Recorded.Calls)));
        using var unknown = await site.GetAsync(path);
        Assert.Equal(
            path is "/mvc" or "/mvc/read-only" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK,
            unknown.StatusCode
        );
    }

    [Fact]
    public async Task A_page_of_Razor_Pages_has_what_its_model_says()
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var known = await site.GetAsync("/required", cookie);
        using var unknown = await site.GetAsync("/required");

        Assert.Equal(("page of ada", HttpStatusCode.Unauthorized), (await known.BodyAsync(), unknown.StatusCode));
    }

    [Fact]
    public async Task A_hub_has_what_its_class_says_for_each_of_its_requests()
    {
        await using var site = await StartAsync();
        var cookie = await site.SignInAsync();

        using var negotiated = await site.SendAsync("POST", "/hub/negotiate?negotiateVersion=1", cookie);

        Assert.Equal(HttpStatusCode.OK, negotiated.StatusCode);
        Assert.Empty(site.Recorded.Calls);
    }

    private static Task<EndpointSite> StartAsync() =>
        EndpointSite.StartAsync(
            static app =>
            {
                app.MapControllers();
                app.MapRazorPages();
                app.MapHub<DisabledHub>("/hub");
            },
            services: static builder =>
            {
                builder.Services.AddControllers().AddApplicationPart(typeof(EndpointController).Assembly);
                builder.Services.AddRazorPages().AddHandWrittenPages();
                builder.Services.AddSignalR();
            }
        );
}
