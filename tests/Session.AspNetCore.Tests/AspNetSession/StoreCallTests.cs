using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>Which calls of the store a use of <c>HttpContext.Session</c> costs.</summary>
public sealed class StoreCallTests
{
    private static readonly (string, RequestDelegate)[] Handlers =
    [
        Routes.Set,
        Routes.Get,
        ("/nothing", static _ => Task.CompletedTask),
        ("/available", static context => context.Response.WriteAsync($"{context.Session.IsAvailable} {context.Session.Keys.Count()}")),
        (
            "/remove none",
            static context =>
            {
                context.Session.Remove("none");
                return Task.CompletedTask;
            }
        ),
        ("/load", static context => context.Session.LoadAsync()),
        ("/commit", static context => context.Session.CommitAsync()),
        (
            "/set and commit",
            static context =>
            {
                context.Session.SetString("user", "bob");
                return context.Session.CommitAsync();
            }
        ),
        (
            "/commit and set",
            static async context =>
            {
                context.Session.SetString("user", "bob");
                await context.Session.CommitAsync();
                context.Session.SetString("user", "eve");
            }
        ),
        (
            "/id",
            static context => context.Response.WriteAsync(context.Session.Id)
        ),
    ];

    [Theory]
    [InlineData("/nothing", "")]
    [InlineData("/get", "")]
    [InlineData("/available", "")]
    [InlineData("/remove none", "")]
    [InlineData("/load", "")]
    [InlineData("/commit", "")]
    [InlineData("/id", "")]
    [InlineData("/set", "set")]
    [InlineData("/set and commit", "set")]
    [InlineData("/commit and set", "set set")]
    public async Task Of_a_visitor_without_a_session(string path, string calls)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Routes.Of(Handlers), store: store);

        using var response = await app.GetAsync(path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(calls, string.Join(' ', store.Calls));
        Assert.Equal(calls != "", response.SetCookie() is not null);
    }

    [Theory]
    [InlineData("/nothing", "get touch")]
    [InlineData("/get", "get touch")]
    [InlineData("/available", "get touch")]
    [InlineData("/remove none", "get touch")]
    [InlineData("/load", "get touch")]
    [InlineData("/commit", "get touch")]
    [InlineData("/id", "get touch")]
    [InlineData("/set", "get touch")]
    [InlineData("/set and commit", "get set touch")]
    [InlineData("/commit and set", "get set set")]
    public async Task Of_a_visitor_with_a_session_in_which_the_same_value_set_again_is_no_change(string path, string calls)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(Routes.Of(Handlers), store: store);
        using var begun = await app.GetAsync("/set");
        store.Forget();

        using var response = await app.GetAsync(path, begun.Cookie());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(calls, string.Join(' ', store.Calls));
        Assert.Null(response.SetCookie());
    }

    [Theory]
    [InlineData("/nothing", false)]
    [InlineData("/available", true)]
    [InlineData("/get", true)]
    [InlineData("/id", true)]
    public async Task A_response_for_which_the_session_was_used_is_kept_out_of_shared_caches(string path, bool isPrivate)
    {
        await using var app = await TestApp.StartAsync(Routes.Of(Handlers));

        using var response = await app.GetAsync(path);

        Assert.Equal(isPrivate, response.Headers.CacheControl?.Private ?? false);
        Assert.Equal(isPrivate, response.Headers.Vary.Contains("Cookie"));
    }
}
