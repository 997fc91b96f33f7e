using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.Options;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Closing;

/// <summary>The connections of a hub with <c>CloseWhenSessionEnds()</c>, over each transport.</summary>
public sealed class ClosedHubTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_sign_out_closes_the_connections_of_its_session_at_once_and_no_others(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, new ManualClock(), hub: static hub => hub.CloseWhenSessionEnds());
        var (ada, bob) = (await site.SignInAsync("ada"), await site.SignInAsync("bob"));
        await using var first = await site.ConnectAsync(transport, ada);
        await using var second = await site.ConnectAsync(transport, ada);
        await using var other = await site.ConnectAsync(transport, bob);
        await using var anonymous = await site.ConnectAsync(transport, cookie: null);

        await site.PostAsync("/end", ada);

        Assert.Null(await first.ClosedAsync());
        Assert.Null(await second.ClosedAsync());
        Assert.Equal("bob", await other.CallAsync<string>("Get", "user"));
        Assert.False(await anonymous.CallAsync<bool>("HasSession"));
        Assert.Equal(0, first.Reconnects + second.Reconnects);
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_sign_out_on_another_instance_closes_the_connections_at_the_next_check(HttpTransportType transport)
    {
        var clock = new ManualClock();
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, clock, hub: static hub => hub.CloseWhenSessionEnds());
        await using var elsewhere = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);
        var check = await NextCheckAsync(clock);

        await elsewhere.PostAsync("/end", cookie);
        Assert.False(await client.CallAsync<bool>("HasSession"));
        check();

        Assert.Null(await client.ClosedAsync());
        Assert.Equal(0, client.Reconnects);
    }

    [Fact]
    public async Task A_check_reads_each_session_once_however_many_connections_it_has_and_extends_none()
    {
        var clock = new ManualClock();
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, clock, hub: static hub => hub.CloseWhenSessionEnds());
        var (ada, bob) = (await site.SignInAsync("ada"), await site.SignInAsync("bob"));
        await using var first = await site.ConnectAsync(HttpTransportType.WebSockets, ada);
        await using var second = await site.ConnectAsync(HttpTransportType.WebSockets, ada);
        await using var third = await site.ConnectAsync(HttpTransportType.WebSockets, bob);
        var check = await NextCheckAsync(clock);
        store.Forget();

        check();
        await NextCheckAsync(clock);

        Assert.Equal(["get", "get"], store.Calls);
        Assert.True(first.IsOpen && second.IsOpen && third.IsOpen);
    }

    [Fact]
    public async Task A_check_without_connections_reads_nothing()
    {
        var clock = new ManualClock();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(
            store,
            clock,
            hub: static hub => hub.CloseWhenSessionEnds(),
            front: app =>
                app.Use(
                    async (context, next) =>
                    {
                        await next(context);
                        if (context.Request.Headers.Upgrade.Count > 0)
                        {
                            ended.TrySetResult();
                        }
                    }
                )
        );
        var cookie = await site.SignInAsync();
        await using (await site.ConnectAsync(HttpTransportType.WebSockets, cookie)) { }
        await ended.Task.WithinBoundAsync("the end of the connection at the server");
        var check = await NextCheckAsync(clock);
        store.Forget();

        check();
        await using var later = await site.ConnectAsync(HttpTransportType.WebSockets, cookie);
        await NextCheckAsync(clock);

        // Those of the negotiation and of the connection.
        Assert.Equal(["get", "get"], store.Calls);
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_store_that_fails_in_a_check_closes_nothing_and_the_next_check_closes_what_has_ended(HttpTransportType transport)
    {
        var clock = new ManualClock();
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, clock, hub: static hub => hub.CloseWhenSessionEnds());
        await using var elsewhere = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);
        var check = await NextCheckAsync(clock);
        await elsewhere.PostAsync("/end", cookie);

        var hasFailed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Before = _ =>
        {
            hasFailed.TrySetResult();
            throw new SessionStoreException("down", SessionStoreOperation.Get, "test", isTransient: true);
        };
        check();
        await hasFailed.Task.WithinBoundAsync("the check");
        var next = await NextCheckAsync(clock);
        store.Before = static _ => Task.CompletedTask;
        Assert.Contains("ConnectionCheckFailed", site.Logs.Warnings);
        Assert.False(await client.CallAsync<bool>("HasSession"));

        next();
        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_session_that_expires_closes_its_connections(HttpTransportType transport)
    {
        var time = new FakeTimeProvider();
        using var store = new RecordingStore(time);
        await using var site = await HubSite.StartAsync(
            store,
            time,
            static options =>
            {
                options.IdleTimeout = TimeSpan.FromMinutes(5);
                options.ConnectionCheckInterval = TimeSpan.FromMinutes(2);
            },
            static hub => hub.CloseWhenSessionEnds()
        );
        await using var client = await site.ConnectAsync(transport, await site.SignInAsync());

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("ada", await client.CallAsync<string>("Get", "user"));
        await Bounded.UntilAsync(
            () =>
            {
                // The check before may not have ended yet, and the next one is planned when it has.
                time.Advance(TimeSpan.FromMinutes(2));
                return client.IsClosed;
            },
            "the end of the connection",
            TestContext.Current.CancellationToken
        );

        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_with_a_new_id_keeps_its_connections_until_it_ends(bool isOnThisInstance)
    {
        var clock = new ManualClock();
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, clock, hub: static hub => hub.CloseWhenSessionEnds());
        await using var elsewhere = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(HttpTransportType.WebSockets, cookie);
        var check = await NextCheckAsync(clock);
        var at = isOnThisInstance ? site : elsewhere;

        using var renewed = await at.SendAsync(HttpMethod.Post, "/renew", cookie);
        if (!isOnThisInstance)
        {
            check();
            check = await NextCheckAsync(clock);
        }

        Assert.True(client.IsOpen);
        Assert.False(await client.CallAsync<bool>("HasSession"));

        await at.PostAsync("/end", renewed.Cookie());
        if (!isOnThisInstance)
        {
            check();
        }

        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_session_that_begins_again_empty_closes_the_connections_of_the_former_one(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, new ManualClock(), hub: static hub => hub.CloseWhenSessionEnds());
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);

        await site.PostAsync("/regenerate", cookie);

        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_hub_that_ends_the_session_closes_its_own_connection(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, new ManualClock(), hub: static hub => hub.CloseWhenSessionEnds());
        await using var client = await site.ConnectAsync(transport, await site.SignInAsync());

        // Whether its result arrives before the end of the connection is left to chance.
        await client
            .CallAsync("End")
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task Without_the_call_a_connection_stays_open_when_its_session_ends(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        var clock = new ManualClock();
        await using var site = await HubSite.StartAsync(store, clock);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);

        await site.PostAsync("/end", cookie);

        Assert.False(await client.CallAsync<bool>("HasSession"));
        Assert.True(client.IsOpen);
        Assert.DoesNotContain(Interval, clock.TakeArmed());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2 * 86400)]
    public async Task An_interval_between_checks_out_of_range_stops_the_start(int seconds)
    {
        using var store = new RecordingStore();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            HubSite.StartAsync(store, options: options => options.ConnectionCheckInterval = TimeSpan.FromSeconds(seconds))
        );

        Assert.Contains("ConnectionCheckInterval must be 1 second to 1 day", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Waits for the next check to be planned, and returns what runs it.</summary>
    private static async Task<Action> NextCheckAsync(ManualClock clock)
    {
        while (true)
        {
            // Other timers of the application use the clock too.
            if (await clock.ArmedAsync() is (var due, var fire) && due == Interval)
            {
                return fire;
            }
        }
    }
}
