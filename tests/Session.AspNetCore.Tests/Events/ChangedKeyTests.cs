using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Events;

/// <summary>The names of the keys that a change was about, for the handler that asks for them.</summary>
public sealed class ChangedKeyTests
{
    [Theory]
    [InlineData("/set", "cart")]
    [InlineData("/remove", "n")]
    [InlineData("/both", "cart,n")]
    [InlineData("/update", "n")]
    [InlineData("/lifetime", "")]
    [InlineData("/renew-and-set", "cart")]
    public async Task A_handler_that_asks_gets_the_names_of_the_keys_that_have_changed(string path, string keys)
    {
        await using var app = await StartAsync(new RecordingStore());
        using var begin = await app.GetAsync("/begin");
        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal([keys], app.Services.GetRequiredService<Asking>().Keys);
    }

    [Fact]
    public async Task A_handler_that_does_not_ask_gets_no_names_beside_one_that_does()
    {
        await using var app = await StartAsync(new RecordingStore());
        using var begin = await app.GetAsync("/begin");
        using var response = await app.GetAsync("/set", begin.Cookie());

        Assert.Equal(["cart"], app.Services.GetRequiredService<Asking>().Keys);
        Assert.Equal([null], app.Services.GetRequiredService<NotAsking>().Keys);
    }

    [Fact]
    public async Task The_names_that_a_parallel_request_has_changed_are_not_among_those_of_this_one()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync("/begin");
        var isFirst = true;
        store.Before = async call =>
        {
            if (call == "set" && isFirst)
            {
                isFirst = false;
                using var other = await app.GetAsync("/remove", begin.Cookie());
            }
        };
        using var response = await app.GetAsync("/set", begin.Cookie());

        Assert.Equal(["n", "cart"], app.Services.GetRequiredService<Asking>().Keys);
    }

    [Fact]
    public async Task The_names_of_encrypted_sessions_and_of_a_queued_handler_are_told_too()
    {
        await using var app = await TestApp.StartAsync(
            ActAsync,
            static options => options.Protection.Key = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]),
            sessions: static builder => builder.AddQueuedEvents<Asking>()
        );
        using var begin = await app.GetAsync("/begin");
        using var response = await app.GetAsync("/both", begin.Cookie());

        var asking = app.Services.GetRequiredService<Asking>();
        await Bounded.UntilAsync(() => asking.Keys.Length > 0, "the event", TestContext.Current.CancellationToken);
        Assert.Equal(["cart,n"], asking.Keys);
    }

    private static Task<TestApp> StartAsync(ISessionStore store) =>
        TestApp.StartAsync(ActAsync, store: store, sessions: static builder => builder.AddEvents<Asking>().AddEvents<NotAsking>());

    private static async Task ActAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/begin":
                session.Set("n", 1);
                session.Set("same", "as before");
                break;
            case "/set":
                session.Set("same", "as before");
                session.Set("cart", 4711);
                break;
            case "/remove":
                session.Remove("n");
                break;
            case "/both":
                session.Set("cart", 4711);
                session.Remove("n");
                break;
            case "/update":
                await session.UpdateAsync<int>("n", static n => n + 1);
                break;
            case "/lifetime":
                session.Cookie.MaxAge = TimeSpan.FromHours(3);
                await session.SaveAsync();
                break;
            case "/renew-and-set":
                await session.RenewIdAsync();
                session.Set("cart", 4711);
                break;
        }
    }

    private class NotAsking : IServerSessionEvents
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string?> _keys = new();

        public string?[] Keys => [.. _keys];

        public ValueTask ChangedAsync(SessionChanged changed)
        {
            _keys.Enqueue(changed.Keys is { } keys ? string.Join(',', keys.Order(StringComparer.Ordinal)) : null);
            return default;
        }
    }

    private sealed class Asking : NotAsking, IServerSessionEvents
    {
        public bool WantsChangedKeys => true;
    }
}
