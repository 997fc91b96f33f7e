using System.Diagnostics;
using ServerSessions.Conformance;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class FailureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_down_fails_calls_at_once_and_is_used_again_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var logger = new SignallingLogger();
        var store = redis.Store(logger: logger);
        var events = new List<string>();
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Disconnected += (_, _) => events.Add("disconnected");
        store.Connected += (_, _) =>
        {
            events.Add("connected");
            connected.SetResult();
        };
        await store.SetAsync("very-secret-id", redis.Record(), Cancel);
        Assert.Empty(events);

        await server.Process.StopAsync();
        await logger.EventAsync("Disconnected");
        var record = redis.Record("very-secret-payload");
        foreach (var call in LateWriteTests.Calls(store, "very-secret-id", record))
        {
            // The operation's timeout is 30 seconds: none of them waits for it.
            var time = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
            Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.Contains(server.EndPoint, error.Message, StringComparison.Ordinal);
        }

        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        await server.Process.StartAgainAsync(Cancel);
        var recovery = Stopwatch.StartNew();
        await connected.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        output.WriteLine($"connected again {recovery.ElapsedMilliseconds} ms after the server answered");
        Assert.Equal(["disconnected", "connected"], events);

        // It has saved its data at the stop; its scripts are gone.
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
        await store.SetAsync("very-secret-id", record, Cancel);
        Assert.DoesNotContain(logger.Messages, message => message.Contains("very-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_answers_nothing_is_replaced_as_soon_as_a_call_has_waited_for_it_in_vain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        var timeout = TimeSpan.FromSeconds(3);
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = proxy.EndPoint, OperationTimeout = timeout }
        );
        var record = new SessionRecord(TestRedis.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);

        // Open connections stay broken; new ones are served.
        proxy.Hang();
        var silence = Stopwatch.StartNew();
        var call = store.SetAsync("a", record, Cancel).AsTask();
        await proxy.Broken.WaitAsync(Cancel);
        proxy.Pass();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => call);
        while (await TrySetAsync(store, record) is SessionStoreUnavailableException) { }

        output.WriteLine($"served again after {silence.ElapsedMilliseconds} ms");

        // The driver alone needs four times the timeout, and connects after that.
        Assert.InRange(silence.Elapsed, TimeSpan.Zero, timeout * 4);
    }

    [Fact]
    public async Task A_server_that_pauses_for_less_than_a_call_waits_keeps_its_connections()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = proxy.EndPoint, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        var record = new SessionRecord(TestRedis.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);
        var accepted = proxy.Accepted;
        for (var pause = 0; pause < 3; pause++)
        {
            server.Process.Freeze();
            var call = store.SetAsync("a", record, Cancel).AsTask();
            // Longer than the driver's own interval of looking; its time is real.
            await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
            server.Process.Thaw();
            await call;
        }

        Assert.Equal(accepted, proxy.Accepted);
    }

    [Fact]
    public async Task A_connection_that_was_handed_in_is_listened_to_and_its_details_do_not_get_into_messages()
    {
        await using var server = await RedisServer.StartAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",abortConnect=false", options =>
            (options.BacklogPolicy, options.IncludeDetailInExceptions) = (BacklogPolicy.FailFast, true)
        );
        var logger = new SignallingLogger();
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { Multiplexer = multiplexer }, logger: logger);
        var record = new SessionRecord(TestRedis.Payload("very-secret-payload"), null);
        await store.SetAsync("very-secret-id", record, Cancel);
        server.Process.Freeze();
        await AssertSecretAsync(store, record);
        server.Process.Thaw();
        await server.Process.KillAsync();
        await logger.EventAsync("Disconnected");
        await AssertSecretAsync(store, record);
        await server.Process.StartAgainAsync(Cancel);
        await logger.EventAsync("Connected");
        await store.SetAsync("very-secret-id", record, Cancel);
    }

    [Fact]
    public async Task Broken_connections_and_cancelled_calls_mix_nothing_up_and_leave_no_unobserved_exception()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await RedisServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port, seed: seed);

        // Other tests of this process give calls up as well; the place tells whose call it was.
        using var unobserved = new UnobservedExceptions(text => text.Contains($"{proxy.EndPoint}", StringComparison.Ordinal));
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"{proxy.EndPoint}", OperationTimeout = TimeSpan.FromMilliseconds(500) }
        );
        var (succeeded, failed) = (0, 0);
        var ending = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, 16)
            .Select(client =>
                Task.Run(
                    async () =>
                    {
                        var own = new Random(seed + client);
                        while (!ending.IsCancellationRequested)
                        {
                            var sid = $"{client}-{own.Next(50)}";
                            using var cancelling = new CancellationTokenSource(
                                own.Next(4) == 0 ? TimeSpan.FromMilliseconds(own.Next(3)) : TimeSpan.FromMinutes(1)
                            );
                            try
                            {
                                await store.SetAsync(sid, new SessionRecord(TestRedis.Payload(sid), null), cancelling.Token);
                                var read = await store.GetAsync(sid, cancelling.Token);
                                Assert.Equal(TestRedis.Payload(sid), read!.Payload.ToArray());
                                Interlocked.Increment(ref succeeded);
                            }
                            catch (Exception error) when (error is SessionStoreUnavailableException or OperationCanceledException)
                            {
                                Interlocked.Increment(ref failed);
                                await Task.Delay(1, Cancel);
                            }
                        }
                    },
                    Cancel
                )
            )
            .ToList();
        for (var fault = 0; fault < 30; fault++)
        {
            await Task.Delay(random.Next(50, 250), Cancel);
            switch (random.Next(4))
            {
                case 0:
                    proxy.ResetConnections();
                    break;
                case 1:
                    proxy.ResetAfterReplies(random.Next(5000));
                    break;
                case 2:
                    proxy.ResetAfterRequests(random.Next(5000));
                    break;
                default:
                    proxy.SwallowReplies();
                    break;
            }

            await Task.Delay(random.Next(50, 250), Cancel);
            proxy.Pass();
            proxy.ResetConnections();
        }

        await ending.CancelAsync();
        await Task.WhenAll(clients);
        output.WriteLine($"{succeeded} succeeded, {failed} failed");
        Assert.True(succeeded > 0);
        await TestRedis.EventuallyAsync(
            async () => await Record.ExceptionAsync(async () => await store.GetAsync("x", Cancel)) is null,
            "the store is served again"
        );
        await store.DisposeAsync();
        Assert.Equal("", string.Join(Environment.NewLine, unobserved.Collect()));
    }

    private static async Task<Exception?> TrySetAsync(RedisSessionStore store, SessionRecord record) =>
        await Record.ExceptionAsync(async () => await store.SetAsync("a", record, Cancel));

    private static async Task AssertSecretAsync(RedisSessionStore store, SessionRecord record)
    {
        foreach (var call in LateWriteTests.Calls(store, "very-secret-id", record)[..5])
        {
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }
    }
}
