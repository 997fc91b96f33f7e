using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace ServerSessions.Tests.Http;

/// <summary>A cookie for one path of a host where the application does not see the whole path.</summary>
public sealed class PathBaseTests
{
    public static TheoryData<string, bool> Stripped =>
        new()
        {
            { "forwarded", false },
            { "forwarded", true },
            { "assigned", false },
            { "assigned", true },
        };

    [Theory]
    [MemberData(nameof(Stripped))]
    public async Task A_prefix_that_a_proxy_has_stripped_counts(string how, bool perRequest)
    {
        await using var app = await StartAsync(how, options =>
        {
            if (perRequest)
            {
                options.CookiePerRequest = static context => new SessionCookieOptions { Path = context.Request.PathBase };
            }
            else
            {
                options.Cookie.Path = "/shop";
            }
        });

        using var begin = await app.ForwardedAsync("/cart", prefix: "/shop");
        using var next = await app.ForwardedAsync("/cart?item=2", begin.Cookie(), prefix: "/shop");

        Assert.Equal(("1", "2"), (await begin.BodyAsync(), await next.BodyAsync()));
        Assert.Contains("; Path=/shop;", begin.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_outside_of_the_cookies_path_is_told_what_a_stripped_prefix_needs()
    {
        Exception? thrown = null;
        await using var app = await TestApp.StartAsync(
            context =>
            {
                thrown = Record.Exception(() => context.GetServerSession());
                return Task.CompletedTask;
            },
            static options => options.Cookie.Path = "/shop"
        );

        using var response = await app.GetAsync("/cart");

        Assert.Equal(
            "This request has no session: its path is not within Cookie.Path. Widen Cookie.Path, or, if a proxy strips a prefix, set "
                + "PathBase to it in front of UseServerSessions().",
            Assert.IsType<InvalidOperationException>(thrown).Message
        );
    }

    [Fact]
    public async Task A_path_within_the_stripped_prefix_is_compared_with_the_whole_path()
    {
        await using var app = await StartAsync("assigned", static options => options.Cookie.Path = "/shop/cart");

        using var within = await app.GetAsync("/cart/1");
        using var beside = await app.GetAsync("/other");

        Assert.Equal("1", await within.BodyAsync());
        Assert.Equal("none", await beside.BodyAsync());
    }

    [Theory]
    [InlineData("/shop/x", "1")]
    [InlineData("/Shop/x", "1")]
    [InlineData("/SHOP", "1")]
    [InlineData("/shopping", "1")]
    [InlineData("/Shopping", "none")]
    [InlineData("/other/x", "none")]
    public async Task Under_UsePathBase_the_base_counts_in_any_case_and_the_rest_as_it_is(string path, string expected)
    {
        await using var app = await StartAsync("base", static options => options.Cookie.Path = "/shop");

        using var response = await app.GetAsync(path);

        Assert.Equal((200, expected), ((int)response.StatusCode, await response.BodyAsync()));
    }

    [Theory]
    [InlineData("/%61pp")]
    [InlineData("/x?/app")]
    public async Task Without_a_base_the_path_is_compared_as_it_was_sent(string path)
    {
        await using var app = await StartAsync("none", static options => options.Cookie.Path = "/app");

        // A client that takes no escape off.
        var target = new Uri(
            app.Address.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var response = await app.Client.GetAsync(target);

        Assert.Equal("none", await response.BodyAsync());
    }

    private static Task<TestApp> StartAsync(string how, Action<ServerSessionOptions> options) =>
        TestApp.StartAsync(
            static context =>
            {
                if (context.FindServerSession() is not { } session)
                {
                    return context.Response.WriteAsync("none");
                }

                session.Set("n", session.Get<int>("n") + 1);
                return context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            options,
            before: app =>
            {
                switch (how)
                {
                    case "forwarded":
                        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix });
                        break;
                    case "assigned":
                        app.Use(
                            static (context, next) =>
                            {
                                context.Request.PathBase = "/shop";
                                return next(context);
                            }
                        );
                        break;
                    case "base":
                        app.UsePathBase("/shop");
                        break;
                }
            }
        );
}
