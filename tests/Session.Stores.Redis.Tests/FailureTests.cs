using System.Diagnostics;

namespace Session.Stores.Redis.Tests;

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
    public async Task A_connection_that_was_handed_in_is_listened_to_and_its_details_do_not_get_into_messages()
    {
        await using var server = await RedisServer.StartAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",abortConnect=false", options =>
            (options.BacklogPolicy, options.IncludeDetailInExceptions) = (BacklogPolicy.FailFast, true));
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
    public async Task A_full_server_refuses_writes_and_still_reads_touches_and_destroys()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "noeviction");
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record("old"), Cancel);
        await store.SetAsync("other", redis.Record(), Cancel);
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "1000");

        foreach (var call in new Func<Task>[]
        {
            async () => await store.SetAsync("very-secret-id", redis.Record("new"), Cancel),
            async () => await store.TrySetAsync("very-secret-id", redis.Record("new"), redis.Record("old"), Cancel),
        })
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.True(error.IsTransient);
            Assert.Contains("memory is full", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(TestRedis.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.True(await store.TouchAsync("very-secret-id", redis.Record(), Cancel));
        await store.DestroyAsync("other", Cancel);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        await store.SetAsync("very-secret-id", redis.Record("new"), Cancel);
    }

    [Fact]
    public async Task A_server_that_cannot_save_to_its_disk_refuses_writes_and_still_reads()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record("old"), Cancel);

        // Where its folder is gone it cannot save, as on a full disk.
        Directory.Delete(server.Process.Folder, recursive: true);
        await server.CommandAsync("BGSAVE");
        await TestRedis.EventuallyAsync(
            async () => (await server.CommandAsync("INFO", "persistence")).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal), "the save has failed");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("very-secret-id", redis.Record("new"), Cancel));
        Assert.True(error.IsTransient);
        Assert.Contains("MISCONF", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(TestRedis.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        await server.CommandAsync("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
        await store.SetAsync("very-secret-id", redis.Record("new"), Cancel);
    }

    [Fact]
    public async Task What_a_full_server_evicts_is_absent()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "allkeys-lru");
        var used = (await server.CommandAsync("INFO", "memory")).Split("used_memory:")[1].Split('\r')[0];
        await server.CommandAsync("CONFIG", "SET", "maxmemory", $"{long.Parse(used, System.Globalization.CultureInfo.InvariantCulture) + 2_000_000}");
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        var value = new string('x', 10_000);
        for (var i = 0; i < 500; i++)
        {
            await store.SetAsync($"{i}", redis.Record(value), Cancel);
        }

        Assert.Null(await store.GetAsync("0", Cancel));
        Assert.NotNull(await store.GetAsync("499", Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("0", redis.Record(), redis.Record(value), Cancel));
    }

    [Fact]
    public async Task A_server_that_has_become_a_replica_refuses_writes_until_it_is_primary_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record("old"), Cancel);
        await server.CommandAsync("REPLICAOF", "127.0.0.1", "1");
        var error = await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await store.SetAsync("very-secret-id", redis.Record("new"), Cancel));
        output.WriteLine(error.Message);
        Assert.True(error.IsTransient);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        await server.CommandAsync("REPLICAOF", "NO", "ONE");
        await TestRedis.EventuallyAsync(
            async () =>
            {
                try
                {
                    await store.SetAsync("very-secret-id", redis.Record("new"), Cancel);
                    return true;
                }
                catch (SessionStoreException passing) when (passing.IsTransient)
                {
                    return false;
                }
            },
            "the primary is written to");
    }

    [Fact]
    public async Task Too_few_replicas_are_named()
    {
        await using var server = await RedisServer.StartAsync("--min-replicas-to-write", "1");
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await redis.Store().SetAsync("a", redis.Record(), Cancel));
        Assert.True(error.IsTransient);
        Assert.Contains("min-replicas-to-write", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_busy_with_a_script_of_somebody_else_is_named()
    {
        await using var server = await RedisServer.StartAsync("--busy-reply-threshold", "50");
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        var endless = server.CommandAsync("EVAL", "while true do end", "0");
        SessionStoreUnavailableException? error = null;
        await TestRedis.EventuallyAsync(
            async () =>
            {
                error = await Record.ExceptionAsync(async () => await store.GetAsync("a", Cancel)) as SessionStoreUnavailableException;
                return error is not null;
            },
            "the server says that it is busy");
        Assert.Contains("busy with a script", error!.Message, StringComparison.Ordinal);
        await server.CommandAsync("SCRIPT", "KILL");
        await Assert.ThrowsAsync<InvalidOperationException>(() => endless);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task Scripts_that_the_server_has_forgotten_are_loaded_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        for (var round = 0; round < 20; round++)
        {
            await server.CommandAsync("SCRIPT", "FLUSH");
            await store.SetAsync("a", redis.Record("1"), Cancel);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record("2"), redis.Record("1"), Cancel));
            Assert.True(await store.TouchAsync("a", redis.Record(), Cancel));
            await server.CommandAsync("SCRIPT", "FLUSH");
            var reads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.GetAsync("a", Cancel).AsTask()));
            Assert.All(reads, read => Assert.Equal(TestRedis.Payload("2"), read!.Payload.ToArray()));
            await store.DestroyAsync("a", Cancel);
        }
    }

    [Fact]
    public async Task A_missing_right_is_named_and_is_no_transient_error()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "reader", "on", ">pw", "~sess:*", "&*", "+@connection", "+@read", "+info", "+cluster|nodes");
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = $"redis://reader:pw@{server.EndPoint}" });
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.False(error.IsTransient);
        Assert.Contains("lacks a right", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rights_that_the_README_lists_are_enough_and_reach_no_other_key()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync([.. Readme.AclRule.Split(' ')]);
        await server.CommandAsync("SET", "other", "theirs");
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = $"redis://sessions:secret@{server.EndPoint}" });
        var record = new SessionRecord(TestRedis.Payload("a"), null);
        await store.OpenAsync(Cancel);
        await store.SetAsync("a", record, Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", record, record, Cancel));
        Assert.Equal(1, await store.LengthAsync(Cancel));
        Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel));
        await store.DestroyAsync("a", Cancel);
        await store.SetAsync("b", record, Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));

        await using var elsewhere = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = $"redis://sessions:secret@{server.EndPoint}", Prefix = "oth" });
        Assert.Contains("lacks a right", (await Assert.ThrowsAsync<SessionStoreException>(async () => await elsewhere.GetAsync("er", Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_connections_and_cancelled_calls_mix_nothing_up_and_leave_no_unobserved_exception()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var unobserved = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs e) =>
            unobserved += e.Exception.ToString().Contains("Session.Stores.Redis.Engine", StringComparison.Ordinal) ? 1 : 0;
        TaskScheduler.UnobservedTaskException += Count;
        try
        {
            await using var server = await RedisServer.StartAsync();
            await using var proxy = FaultProxy.Start(server.Process.Port, seed);
            await using var store = new RedisSessionStore(new RedisSessionStoreOptions
            {
                ConnectionString = $"{proxy.EndPoint}",
                OperationTimeout = TimeSpan.FromMilliseconds(500),
            });
            var (succeeded, failed) = (0, 0);
            var ending = new CancellationTokenSource();
            var clients = Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
            {
                var own = new Random(seed + client);
                while (!ending.IsCancellationRequested)
                {
                    var sid = $"{client}-{own.Next(50)}";
                    using var cancelling = new CancellationTokenSource(own.Next(4) == 0 ? TimeSpan.FromMilliseconds(own.Next(3)) : TimeSpan.FromMinutes(1));
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
            Cancel)).ToList();
            for (var fault = 0; fault < 30; fault++)
            {
                await Task.Delay(random.Next(50, 250), Cancel);
                switch (random.Next(4))
                {
                    case 0:
                        proxy.ResetConnections();
                        break;
                    case 1:
                        proxy.ResetAfterAnswers(random.Next(5000));
                        break;
                    case 2:
                        proxy.ResetAfterRequests(random.Next(5000));
                        break;
                    default:
                        proxy.SwallowAnswers();
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
                async () => await Record.ExceptionAsync(async () => await store.GetAsync("x", Cancel)) is null, "the store is served again");
            await store.DisposeAsync();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Count;
        }
    }

    private static async Task AssertSecretAsync(RedisSessionStore store, SessionRecord record)
    {
        foreach (var call in LateWriteTests.Calls(store, "very-secret-id", record)[..5])
        {
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }
    }
}
