using System.Diagnostics;
using ServerSessions.Conformance;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>A write that timed out is not executed over a newer one, however late it reaches the server.</summary>
public sealed class LateWriteTests(ITestOutputHelper output)
{
    private const int Sessions = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_that_the_network_held_back_are_not_executed_over_newer_ones()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var server = await RedisServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port, seed: seed);
        await using var redis = await TestRedis.OnAsync(server.NewPlace());

        // Patient enough not to give up the connection: its bytes would be lost with it.
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(
            $"{proxy.EndPoint},defaultDatabase={redis.Database.Database},asyncTimeout=300000"
        );
        var delayed = redis.Store(options =>
            (options.ConnectionString, options.Multiplexer, options.OperationTimeout) = ("", multiplexer, TimeSpan.FromMilliseconds(500))
        );
        var direct = redis.Store();
        await PrepareAsync(redis, direct, delayed);

        var before = await EvalCallsAsync(server);
        proxy.Delay(TimeSpan.FromSeconds(1.5));
        var timedOut = await TimeOutAsync(redis, delayed, new Random(seed));
        await SupersedeAsync(redis, direct);
        var superseded = await EvalCallsAsync(server);

        // A reply to a command sent after them shows that those which were sent have arrived. On a busy machine some were too late to be
        // sent at all.
        await multiplexer.GetDatabase().PingAsync();
        var arrived = await EvalCallsAsync(server) - superseded;
        output.WriteLine($"{timedOut} timed out, {superseded - before} newer calls, {arrived} arrived late");
        await AssertNewestAsync(redis, direct, seed);
    }

    [Fact]
    public async Task Writes_that_a_frozen_server_had_not_read_are_not_executed_over_newer_ones()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",asyncTimeout=300000");
        var impatient = redis.Store(options =>
            (options.ConnectionString, options.Multiplexer, options.OperationTimeout) = ("", multiplexer, TimeSpan.FromSeconds(1))
        );

        // Patient enough that its driver does not give up the connection.
        var patient = redis.Store(options =>
            (options.OperationTimeout, options.ConnectionString) = (
                TimeSpan.FromMinutes(5),
                options.ConnectionString + ",asyncTimeout=300000"
            )
        );
        await PrepareAsync(redis, patient, impatient);

        server.Process.Freeze();
        var timedOut = await TimeOutAsync(redis, impatient, new Random(seed));
        var superseding = SupersedeAsync(redis, patient);
        server.Process.Thaw();
        await superseding;
        await TestRedis.EventuallyAsync(
            async () =>
            {
                try
                {
                    // Behind everything that this store has sent.
                    await impatient.GetAsync("x", Cancel);
                    return true;
                }
                catch (SessionStoreUnavailableException)
                {
                    return false;
                }
            },
            "the store that gave up is served again"
        );
        output.WriteLine($"{timedOut} timed out");
        await AssertNewestAsync(redis, patient, seed);
    }

    [Fact]
    public async Task A_call_that_timed_out_says_so_in_time_and_in_words()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(1));
        await store.SetAsync("very-secret-id", redis.Record(), Cancel);
        server.Process.Freeze();
        var record = redis.Record("very-secret-payload");
        foreach (var call in Calls(store, "very-secret-id", record))
        {
            var time = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
            Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(0), TimeSpan.FromSeconds(10));
            Assert.True(error.IsTransient);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.Contains(server.EndPoint, error.Message, StringComparison.Ordinal);
        }

        server.Process.Thaw();
        await TestRedis.EventuallyAsync(
            async () =>
            {
                try
                {
                    return await store.GetAsync("very-secret-id", Cancel) is { } read
                        && read.Payload.Span.SequenceEqual(TestRedis.Payload("a"));
                }
                catch (SessionStoreUnavailableException)
                {
                    return false;
                }
            },
            "the store is served again, and no call that timed out has been executed"
        );
    }

    [Theory]
    [InlineData("", 2, true)]
    [InlineData(",asyncTimeout=1000", 3, false)]
    public async Task A_write_that_the_driver_gives_up_before_its_time_is_over_fails_only_when_it_can_no_longer_be_executed(
        string setting,
        double timeout,
        bool isAfterAnother
    )
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        for (var round = 0; round < 3; round++)
        {
            await using var store = redis.Store(options =>
                (options.ConnectionString, options.OperationTimeout) = (options.ConnectionString + setting, TimeSpan.FromSeconds(timeout))
            );
            await store.SetAsync("a", redis.Record("old"), Cancel);

            server.Process.Freeze();
            var first = Assert.ThrowsAsync<SessionStoreUnavailableException>(() => store.GetAsync("a", Cancel).AsTask());
            if (isAfterAnother)
            {
                // Within a second of the first call's end the driver gives up the connection, and the second call with it, which has time
                // left. Else the driver's own time ends both.
                await first;
            }

            await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => store.SetAsync("a", redis.Record("new"), Cancel).AsTask());
            server.Process.Thaw();
            await first;

            await TestRedis.EventuallyAsync(
                async () => await Record.ExceptionAsync(async () => await store.GetAsync("a", Cancel)) is null,
                "the store is served again"
            );
            Assert.Equal(TestRedis.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
        }
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(",asyncTimeout=1000", 3)]
    public async Task No_write_fails_a_moment_before_its_deadline(string setting, double timeout)
    {
        const int writes = 200;
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var time = TimeSpan.FromSeconds(timeout);
        await using var store = redis.Store(options =>
            (options.ConnectionString, options.OperationTimeout) = (options.ConnectionString + setting, time)
        );
        await store.SetAsync("a", redis.Record("old"), Cancel);
        server.Process.Freeze();

        var failing = new List<Task<TimeSpan?>>();
        for (var write = 0; write < writes; write++)
        {
            failing.Add(FailAsync());
            await Task.Delay(1, Cancel);
        }

        var late = (await Task.WhenAll(failing)).OfType<TimeSpan>().ToList();
        Assert.NotEmpty(late);
        Assert.All(late, elapsed => Assert.InRange(elapsed, time, TimeSpan.MaxValue));
        server.Process.Thaw();

        // Null for a write that was never sent, because the driver had given the connection up by then.
        async Task<TimeSpan?> FailAsync()
        {
            var begun = Stopwatch.GetTimestamp();
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(() =>
                store.SetAsync("a", redis.Record("new"), Cancel).AsTask()
            );
            var elapsed = Stopwatch.GetElapsedTime(begun);
            return error.Message.Contains("(OperationTimeout)", StringComparison.Ordinal) ? elapsed : null;
        }
    }

    internal static Func<Task>[] Calls(RedisSessionStore store, string sid, SessionRecord record) =>
        [
            async () => await store.GetAsync(sid, Cancel),
            async () => await store.SetAsync(sid, record, Cancel),
            async () => await store.TouchAsync(sid, record, Cancel),
            async () => await store.TrySetAsync(sid, record, null, Cancel),
            async () => await store.DestroyAsync(sid, Cancel),
            async () => await store.LengthAsync(Cancel),
            async () => await store.ClearAsync(Cancel),
            async () => await store.AllAsync(Cancel).ToListAsync(Cancel),
        ];

    private static async Task<int> EvalCallsAsync(RedisServer server)
    {
        var line = (await server.CommandAsync("INFO", "commandstats"))
            .Split('\n')
            .FirstOrDefault(text => text.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split("calls=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task PrepareAsync(TestRedis redis, RedisSessionStore direct, RedisSessionStore other)
    {
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => direct.SetAsync($"{i}", redis.Record("first"), Cancel).AsTask()));

        // It knows the server's clock and has its scripts from now on.
        foreach (
            var call in new Func<Task>[]
            {
                () => other.SetAsync("x", redis.Record(), Cancel).AsTask(),
                () => other.TouchAsync("x", redis.Record(), Cancel).AsTask(),
                () => other.TrySetAsync("x", redis.Record(), redis.Record(), Cancel).AsTask(),
                () => other.DestroyAsync("x", Cancel).AsTask(),
            }
        )
        {
            await call();
        }
    }

    /// <summary>One write of each session; how many of them failed, as all must.</summary>
    private static async Task<int> TimeOutAsync(TestRedis redis, RedisSessionStore store, Random random)
    {
        var writes = Enumerable
            .Range(0, Sessions)
            .Select(i =>
                random.Next(6) switch
                {
                    0 => store.DestroyAsync($"{i}", Cancel).AsTask(),
                    1 => store.TouchAsync($"{i}", redis.Record(life: TimeSpan.FromHours(5)), Cancel).AsTask(),
                    // Each third session is destroyed in the end: then these would create it again.
                    2 => store.TrySetAsync($"{i}", redis.Record("late"), null, Cancel).AsTask(),
                    // No deadline keeps this one from being executed: by then the session is not as expected.
                    3 => store.TrySetAsync($"{i}", redis.Record("late"), redis.Record("first"), Cancel).AsTask(),
                    _ => store.SetAsync($"{i}", redis.Record("late", TimeSpan.FromHours(5)), Cancel).AsTask(),
                }
            )
            .ToList();
        foreach (var write in writes)
        {
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => write);
        }

        return writes.Count;
    }

    private static Task SupersedeAsync(TestRedis redis, RedisSessionStore store) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Sessions)
                .Select(i =>
                    i % 3 == 0
                        ? store.DestroyAsync($"{i}", Cancel).AsTask()
                        : store.SetAsync($"{i}", redis.Record("newest"), Cancel).AsTask()
                )
        );

    private static async Task AssertNewestAsync(TestRedis redis, RedisSessionStore store, int seed)
    {
        for (var i = 0; i < Sessions; i++)
        {
            var read = await store.GetAsync($"{i}", Cancel);
            if (i % 3 == 0)
            {
                Assert.True(read is null, $"Session {i} of seed {seed} was resurrected.");
            }
            else
            {
                Assert.True(read is not null, $"Session {i} of seed {seed} was destroyed by a late call.");
                Assert.Equal(TestRedis.Payload("newest"), read.Payload.ToArray());
                Assert.True(
                    read.Expires <= redis.Clock.GetUtcNow().AddMinutes(10),
                    $"Session {i} of seed {seed} was touched by a late call."
                );
            }
        }
    }
}
