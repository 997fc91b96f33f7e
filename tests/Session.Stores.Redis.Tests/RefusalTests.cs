namespace ServerSessions.Stores.Redis.Tests;

/// <summary>A server that replies with a refusal: full, evicting, read-only, busy, without its scripts, or strict about rights.</summary>
public sealed class RefusalTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_full_server_refuses_writes_and_still_reads_touches_and_destroys(int size)
    {
        var old = new string('o', size);
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "noeviction");
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record(old), Cancel);
        await store.SetAsync("other", redis.Record(), Cancel);
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "1000");

        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.SetAsync("very-secret-id", redis.Record($"new{old}"), Cancel),
                async () => await store.TrySetAsync("very-secret-id", redis.Record($"new{old}"), redis.Record(old), Cancel),
            }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.True(error.IsTransient);
            Assert.Contains("memory is full", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(TestRedis.Payload(old), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.True(await store.TouchAsync("very-secret-id", redis.Record(), Cancel));
        Assert.True(
            (await store.GetAndTouchAsync("very-secret-id", new SessionTouchPlan { Expires = redis.Record().Expires }, Cancel)).IsTouched
        );
        await store.DestroyAsync("other", Cancel);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        await store.SetAsync("very-secret-id", redis.Record($"new{old}"), Cancel);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_server_that_cannot_save_to_its_disk_refuses_writes_and_still_reads(int size)
    {
        var old = new string('o', size);
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record(old), Cancel);

        // Where its folder is gone it cannot save, as on a full disk.
        Directory.Delete(server.Process.Folder, recursive: true);
        await server.CommandAsync("BGSAVE");
        await TestRedis.EventuallyAsync(
            async () => (await server.CommandAsync("INFO", "persistence")).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal),
            "the save has failed"
        );
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("very-secret-id", redis.Record($"new{old}"), Cancel)
        );
        Assert.True(error.IsTransient);
        Assert.Contains("MISCONF", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(TestRedis.Payload(old), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());

        // Read all the same, and not touched: the touch that follows says why.
        var read = await store.GetAndTouchAsync(
            "very-secret-id",
            new SessionTouchPlan { Expires = redis.Record(life: TimeSpan.FromHours(5)).Expires },
            Cancel
        );
        Assert.False(read.IsTouched);
        Assert.Equal(TestRedis.Payload(old), read.Record!.Payload.ToArray());
        TestRedis.AssertExpires(redis.Record().Expires!.Value, read.Record);
        await server.CommandAsync("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
        await store.SetAsync("very-secret-id", redis.Record($"new{old}"), Cancel);
    }

    [Fact]
    public async Task What_a_full_server_evicts_is_absent()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "allkeys-lru");
        var used = (await server.CommandAsync("INFO", "memory")).Split("used_memory:")[1].Split('\r')[0];
        await server.CommandAsync(
            "CONFIG",
            "SET",
            "maxmemory",
            $"{long.Parse(used, System.Globalization.CultureInfo.InvariantCulture) + 2_000_000}"
        );
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        var record = redis.Record(new string('x', 10_000));
        for (var i = 0; i < 500; i++)
        {
            await store.SetAsync($"{i}", record, Cancel);
        }

        // Which ones is the server's choice: it counts in seconds how long a key was not used, and looks at a few keys at a time.
        var evicted = new List<string>();
        for (var i = 0; i < 500; i++)
        {
            if (await store.GetAsync($"{i}", Cancel) is not { } read)
            {
                evicted.Add($"{i}");
            }
            else
            {
                Assert.Equal(record.Payload.ToArray(), read.Payload.ToArray());
            }
        }

        Assert.InRange(evicted.Count, 1, 499);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync(evicted[0], redis.Record(), record, Cancel));
        Assert.False(await store.TouchAsync(evicted[^1], redis.Record(), Cancel));
    }

    [Fact]
    public async Task A_server_that_has_become_a_replica_refuses_writes_until_it_is_primary_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("very-secret-id", redis.Record("old"), Cancel);
        await server.CommandAsync("REPLICAOF", "127.0.0.1", "1");
        var error = await Assert.ThrowsAnyAsync<SessionStoreException>(async () =>
            await store.SetAsync("very-secret-id", redis.Record("new"), Cancel)
        );
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
            "the primary is written to"
        );
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
            "the server says that it is busy"
        );
        Assert.Contains("busy with a script", error!.Message, StringComparison.Ordinal);
        await server.CommandAsync("SCRIPT", "KILL");
        await Assert.ThrowsAsync<InvalidOperationException>(() => endless);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Scripts_that_the_server_has_forgotten_are_loaded_again(int more)
    {
        var filler = new string('x', more);
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        for (var round = 0; round < 20; round++)
        {
            await server.CommandAsync("SCRIPT", "FLUSH");
            await store.SetAsync("a", redis.Record($"1{filler}"), Cancel);
            Assert.Equal(
                ConditionalSetResult.Stored,
                await store.TrySetAsync("a", redis.Record($"2{filler}"), redis.Record($"1{filler}"), Cancel)
            );
            Assert.True(await store.TouchAsync("a", redis.Record(), Cancel));
            await server.CommandAsync("SCRIPT", "FLUSH");
            var reads = await Task.WhenAll(
                Enumerable
                    .Range(0, 50)
                    .Select(_ => store.GetAndTouchAsync("a", new SessionTouchPlan { Expires = redis.Record().Expires }, Cancel).AsTask())
            );
            Assert.All(reads, read => Assert.Equal(TestRedis.Payload($"2{filler}"), read.Record!.Payload.ToArray()));
            await store.DestroyAsync("a", Cancel);
        }
    }

    [Fact]
    public async Task A_missing_right_is_named_and_is_no_transient_error()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync(
            "ACL",
            "SETUSER",
            "reader",
            "on",
            ">pw",
            "~sess:*",
            "&*",
            "+@connection",
            "+@read",
            "+info",
            "+cluster|nodes"
        );
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"redis://reader:pw@{server.EndPoint}" }
        );
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
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"redis://sessions:secret@{server.EndPoint}" }
        );
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

        await using var elsewhere = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"redis://sessions:secret@{server.EndPoint}", Prefix = "oth" }
        );
        Assert.Contains(
            "lacks a right",
            (await Assert.ThrowsAsync<SessionStoreException>(async () => await elsewhere.GetAsync("er", Cancel))).Message,
            StringComparison.Ordinal
        );
    }
}
