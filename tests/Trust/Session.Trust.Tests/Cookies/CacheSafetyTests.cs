using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>No response that carries a session's cookie may be kept by a shared cache, for any kind of response (T10).</summary>
public sealed class CacheSafetyTests
{
    public static TheoryData<string, string> Kinds =>
        new()
        {
            { "GET", "200" },
            { "HEAD", "200" },
            { "GET", "204" },
            { "GET", "206" },
            { "GET", "301" },
            { "POST", "302" },
            { "GET", "304" },
            { "GET", "404" },
            { "GET", "410" },
            { "GET", "500" },
            { "GET", "503" },
            { "GET", "stream" },
            { "GET", "flush" },
            { "GET", "public" },
            { "GET", "immutable" },
            { "GET", "logout" },
            { "GET", "regenerate" },
            { "GET", "error page" },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_response_with_the_cookie_is_private_and_varies_by_it(string method, string kind)
    {
        var store = new StorePlace("memory", "").Open();
        await using var host = await TrustHost.StartAsync(
            store,
            // Sent with every response: the refresh of a cookie is what is cached by accident.
            options => (options.Rolling, options.Cookie.MaxAge) = (true, TimeSpan.FromMinutes(10)),
            context => RespondAsync(context, kind),
            before: app =>
            {
                if (kind == "error page")
                {
                    Microsoft.AspNetCore.Builder.UseExtensions.Use(app, async (context, next) =>
                    {
                        try
                        {
                            await next(context);
                        }
                        catch (InvalidOperationException)
                        {
                            context.Response.StatusCode = 500;
                            await context.Response.WriteAsync("sorry");
                        }
                    });
                }
            }
        );
        var (_, cookie) = await Sessions.NewAsync(store, LeakCollector.Payload);
        foreach (var sent in (string?[])[null, cookie])
        {
            var answer = await host.Client.SendAsync("/", sent, method: new HttpMethod(method));
            if (answer.SetCookies.Count == 0)
            {
                // Nothing to log out of.
                Assert.Equal(("logout", null), (kind, sent));
                continue;
            }

            var control = Line(answer, "Cache-Control");
            Assert.True(
                control.Contains("private", StringComparison.Ordinal) || control.Contains("no-store", StringComparison.Ordinal),
                $"{kind}: '{control}'"
            );
            Assert.DoesNotContain("public", control, StringComparison.Ordinal);
            Assert.DoesNotContain("s-maxage", control, StringComparison.Ordinal);
            Assert.Contains("Cookie", Line(answer, "Vary"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_response_that_leaves_the_session_alone_stays_cacheable()
    {
        await using var host = await TrustHost.StartAsync(new AskedStore(), handler: static context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("logo");
        });

        var answer = await host.Client.SendAsync("/logo");

        Assert.Equal("public, max-age=60", Line(answer, "Cache-Control"));
        Assert.Equal("", Line(answer, "Vary"));
        Assert.Empty(answer.SetCookies);
    }

    private static async Task RespondAsync(HttpContext context, string kind)
    {
        var session = context.GetServerSession();
        if (kind == "logout")
        {
            await session.DestroyAsync();
            return;
        }

        session.Set("seen", context.TraceIdentifier);
        var response = context.Response;
        switch (kind)
        {
            case "regenerate":
                await session.RenewForSignInAsync();
                break;
            case "stream":
                for (var i = 0; i < 3; i++)
                {
                    await response.WriteAsync("part");
                    await response.Body.FlushAsync();
                }

                break;
            case "flush":
                await response.Body.FlushAsync();
                break;
            case "public":
                response.Headers.CacheControl = "public, max-age=600, s-maxage=600";
                break;
            case "immutable":
                response.Headers.CacheControl = "public, immutable, max-age=31536000";
                response.Headers.Vary = "Accept-Encoding";
                break;
            case "error page":
                throw new InvalidOperationException("An error of the application.");
            default:
                response.StatusCode = int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture);
                if (response.StatusCode is 301 or 302)
                {
                    response.Headers.Location = "/elsewhere";
                }

                break;
        }
    }

    private static string Line(Answer answer, string name) =>
        answer
            .Headers.Split('\n')
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?.Split(':', 2)[1]
            .Trim()
        ?? "";
}
