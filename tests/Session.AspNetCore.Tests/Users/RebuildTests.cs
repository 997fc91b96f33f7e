using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Users;

/// <summary>Lists that were lost, and are restored from the sessions.</summary>
public sealed class RebuildTests
{
    [Fact]
    public async Task Lists_that_were_lost_are_rebuilt_from_the_sessions_and_whole_ones_are_left_alone()
    {
        await using var store = new MemorySessionStore(new MemorySessionStoreOptions());
        var lists = (MemorySessionStore)store.GetSibling("users");
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("seen", true);
                if (context.Request.Query["user"] is [{ } user])
                {
                    await session.SignInAsync(user);
                }
            },
            store: store,
            sessions: static builder => builder.AddUserSessions()
        );
        foreach (var query in (string[])["?user=ada", "?user=ada", "?user=bob", ""])
        {
            using var response = await app.GetAsync("/" + query);
        }

        var users = app.Services.GetRequiredService<IUserSessions>();
        var before = await HandlesAsync(users, "ada");
        Assert.Equal(new RebuiltUserIndex(4, 3, 0), await users.RebuildAsync());

        await lists.ClearAsync();
        Assert.True((await users.ListAsync("ada")).IndexWasMissing);
        Assert.Equal(new RebuiltUserIndex(4, 3, 3), await users.RebuildAsync());
        Assert.Equal(before, await HandlesAsync(users, "ada"));
        Assert.Equal(2, (await users.EndAllAsync("ada")).Ended);
        Assert.Equal(new RebuiltUserIndex(4, 1, 0), await users.RebuildAsync());
    }

    [Fact]
    public async Task A_list_rebuilt_by_a_program_with_shorter_lifetimes_lives_as_long_as_its_sessions_rely_on_it()
    {
        var time = new FakeTimeProvider();
        await using var store = new MemorySessionStore(new MemorySessionStoreOptions(), time);
        var lists = (MemorySessionStore)store.GetSibling("users");
        await using var app = await StartAsync(store, time, TimeSpan.FromDays(10));
        using var response = await app.GetAsync("/?user=ada");
        var before = await lists.AllAsync().Select(static list => list.Record.Expires).SingleAsync();
        await lists.ClearAsync();
        await using var other = await StartAsync(store, time, TimeSpan.FromHours(1));
        await other.Services.GetRequiredService<IUserSessions>().RebuildAsync();

        Assert.Equal(before, await lists.AllAsync().Select(static list => list.Record.Expires).SingleAsync());
    }

    [Fact]
    public async Task A_store_that_cannot_list_its_sessions_says_so()
    {
        await using var app = await UsersApp.StartAsync();
        await Assert.ThrowsAsync<NotSupportedException>(async () => await app.Users.RebuildAsync());
    }

    private static Task<TestApp> StartAsync(ISessionStore store, TimeProvider time, TimeSpan idle) =>
        TestApp.StartAsync(
            static context => context.GetServerSession().SignInAsync(context.Request.Query["user"]!).AsTask(),
            options => options.IdleTimeout = idle,
            store,
            time: time,
            sessions: static builder => builder.AddUserSessions()
        );

    private static async Task<IReadOnlyList<string>> HandlesAsync(IUserSessions users, string subject) =>
        [.. (await users.ListAsync(subject)).Sessions.Select(static session => session.Handle).Order()];
}
