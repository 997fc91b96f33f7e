using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Endpoints;

/// <summary><c>HttpContext.Session</c> at endpoints that say how they use the session.</summary>
public sealed class AspNetSessionEndpointTests
{
    [Theory]
    [InlineData("/none/read", "none False")]
    [InlineData("/none/set", "DisableServerSession")]
    [InlineData("/read-only/read", "Ada True")]
    [InlineData("/read-only/set", "ReadOnlyServerSession")]
    [InlineData("/read-only/remove", "ReadOnlyServerSession")]
    public async Task HttpContext_Session_shows_what_the_endpoint_says(string path, string body)
    {
        await using var site = await EndpointSite.StartAsync(static app =>
        {
            app.MapGet("/begin", static (HttpContext context) => context.Session.SetString("name", "Ada"));
            foreach (
                var group in new[]
                {
                    app.MapGroup("/none").DisableServerSession(),
                    app.MapGroup("/read-only").ReadOnlyServerSession(),
                }
            )
            {
                group.MapGet("/read", static async (HttpContext context) =>
                {
                    await context.Session.LoadAsync();
                    await context.Session.CommitAsync();
                    return $"{context.Session.GetString("name") ?? "none"} {context.Session.IsAvailable}";
                });
                group.MapGet("/set", static (HttpContext context) => context.Session.SetString("name", "Bob"));
                group.MapGet("/remove", static (HttpContext context) => context.Session.Remove("name"));
            }
        });
        using var begin = await site.GetAsync("/begin");
        site.Recorded.Forget();

        using var response = await site.GetAsync(path, begin.Cookie());

        Assert.Contains(body, await response.BodyAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("set", site.Recorded.Calls);
    }
}
