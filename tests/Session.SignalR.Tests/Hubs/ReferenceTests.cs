using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Hubs;

/// <summary>A session that is opened after its request has ended.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task Background_work_opens_the_session_of_the_request_that_began_it_and_keeps_what_others_store()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);
        var cookie = await site.SignInAsync("ada");
        await site.PostAsync("/begin", cookie);
        var session = (await reference.Task)!;

        await using var scope = await session.OpenAsync(TestContext.Current.CancellationToken);
        scope.Session.Set("report", "ready");
        await site.PostAsync("/set/user/bob", cookie);
        await scope.SaveAsync(TestContext.Current.CancellationToken);

        Assert.Equal("ready", await site.GetAsync("/get/report", cookie));
        Assert.Equal("bob", await site.GetAsync("/get/user", cookie));
    }

    [Fact]
    public async Task A_scope_whose_session_has_ended_meanwhile_says_so_and_does_not_revive_it()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);
        var cookie = await site.SignInAsync();
        await site.PostAsync("/begin", cookie);
        await using var changed = await (await reference.Task)!.OpenAsync();
        await using var touched = await (await reference.Task)!.OpenAsync();
        changed.Session.Set("report", "ready");
        touched.Session.Touch();

        await site.PostAsync("/end", cookie);

        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await changed.SaveAsync());
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await touched.SaveAsync());
        Assert.Equal(0, await store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_scope_can_be_saved_again_after_the_store_has_failed()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);
        var cookie = await site.SignInAsync();
        await site.PostAsync("/begin", cookie);
        await using var scope = await (await reference.Task)!.OpenAsync();
        scope.Session.Set("report", "ready");

        store.Before = static _ => throw new SessionStoreException("down", SessionStoreOperation.TrySet, "test", isTransient: true);
        await Assert.ThrowsAsync<SessionStoreException>(async () => await scope.SaveAsync());
        store.Before = static _ => Task.CompletedTask;
        await scope.SaveAsync();

        Assert.Equal("ready", await site.GetAsync("/get/report", cookie));
    }

    [Fact]
    public async Task A_scope_that_changes_nothing_makes_no_call_of_the_store_when_it_is_saved()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);
        var cookie = await site.SignInAsync();
        await site.PostAsync("/begin", cookie);
        store.Forget();

        await using (var scope = await (await reference.Task)!.OpenAsync())
        {
            Assert.Equal("ada", scope.Session.Get<string>("user"));
            await scope.SaveAsync();
        }

        Assert.Equal(["get"], store.Calls);
    }

    [Fact]
    public async Task A_scope_that_was_disposed_can_no_longer_be_used()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);
        await site.PostAsync("/begin", await site.SignInAsync());
        var scope = await (await reference.Task)!.OpenAsync();

        await scope.DisposeAsync();
        await scope.DisposeAsync();

        Assert.Throws<InvalidOperationException>(() => scope.Session.Get<string>("user"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await scope.SaveAsync());
    }

    [Fact]
    public async Task A_request_without_a_session_has_no_reference_and_gets_no_session()
    {
        using var store = new RecordingStore();
        var reference = new TaskCompletionSource<ServerSessionReference?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, reference);

        using var response = await site.SendAsync(HttpMethod.Post, "/begin", null);

        Assert.Null(await reference.Task);
        Assert.Null(response.SetCookie());
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task A_connection_that_is_older_than_the_payload_key_writes_with_the_latest_one()
    {
        using var store = new RecordingStore();
        var source = new ReloadingSource();
        source.Change(("Protection:Key", Key(1)));
        var configuration = new ConfigurationBuilder().Add(source).Build();
        await using var site = await HubSite.StartAsync(
            store,
            services: builder => builder.Services.AddServerSessions(configuration.GetSection("ServerSessions"))
        );
        var cookie = await site.SignInAsync("ada");
        await using var client = await site.ConnectAsync(HttpTransportType.WebSockets, cookie);

        source.Change(("Protection:Key", Key(2)), ("Protection:PreviousKeys:0", Key(1)));
        await client.CallAsync("Set", "room", "tea");
        source.Change(("Protection:Key", Key(2)));

        Assert.Equal("tea", await site.GetAsync("/get/room", cookie));
        Assert.Equal("tea", await client.CallAsync<string>("Get", "room"));
    }

    private static Task<HubSite> StartAsync(RecordingStore store, TaskCompletionSource<ServerSessionReference?> reference) =>
        HubSite.StartAsync(
            store,
            endpoints: app =>
                app.MapPost("/begin", (HttpContext context) => reference.SetResult(context.GetServerSessionReference()))
        );

    private static string Key(byte first) => Convert.ToBase64String([.. Enumerable.Range(first, 32).Select(static value => (byte)value)]);
}
