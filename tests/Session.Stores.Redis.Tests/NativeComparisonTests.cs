using System.Globalization;
using ServerSessions.Conformance;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>A server whose SET compares (IFEQ) does the comparison; of another one the store finds that out once.</summary>
public sealed class NativeComparisonTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Whether_the_server_compares_is_found_out_once_for_each_connection(int more)
    {
        var filler = new string('x', more);
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        await store.SetAsync("s", redis.Record($"0{filler}"), Cancel);
        var compares = await ComparesAsync(redis);
        output.WriteLine($"The server {(compares ? "compares" : "does not compare")}.");
        await server.CommandAsync("CONFIG", "RESETSTAT");

        await ReplaceAsync(redis, store, filler, 0, 10);
        Assert.Equal(compares ? 0 : 1, await FailedAsync(server));
        Assert.Equal(compares ? 0 : 10, await CallsAsync(server, "evalsha"));

        await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        await TestRedis.EventuallyAsync(
            async () => await Record.ExceptionAsync(async () => await store.GetAsync("s", Cancel)) is null,
            "the store is connected again"
        );
        await ReplaceAsync(redis, store, filler, 10, 20);
        Assert.Equal(compares ? 0 : 2, await FailedAsync(server));
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_large_write_leaves_the_session_and_nothing_beside_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store(options => options.ConnectionString = $"{proxy.EndPoint},defaultDatabase={redis.Database.Database}");
        var old = redis.Record(new string('o', 100_000));
        await store.SetAsync("s", old, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", old, old, Cancel));
        foreach (var bytes in new[] { 1_000, 90_000, 101_000, 190_000 })
        {
            proxy.ResetAfterRequests(bytes);
            await Assert.ThrowsAnyAsync<SessionStoreException>(async () =>
                await store.TrySetAsync("s", redis.Record(new string('n', 100_000)), old, Cancel)
            );
            proxy.Pass();
            await TestRedis.EventuallyAsync(
                async () => await Record.ExceptionAsync(async () => await store.GetAsync("s", Cancel)) is null,
                "the store is connected again"
            );
            Assert.Equal(old.Payload.ToArray(), (await store.GetAsync("s", Cancel))!.Payload.ToArray());
            Assert.Equal("1", (await redis.Database.ExecuteAsync("DBSIZE")).ToString());
        }
    }

    /// <summary>The two are of one version, unless the tests run on a newer server.</summary>
    [Fact]
    public async Task After_a_failover_to_an_older_server_it_is_compared_there()
    {
        await using var newer = await RedisServer.StartAsync();
        await using var older = await RedisServer.StartProgramAsync("redis-server");
        await older.CommandAsync("REPLICAOF", "127.0.0.1", "1");
        await using var redis = await TestRedis.OnAsync(newer.NewPlace());
        var store = redis.Store(options => options.ConnectionString = $"{newer.EndPoint},{older.EndPoint}");
        var old = redis.Record(new string('x', 5_000));
        await store.SetAsync("s", redis.Record(), Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", old, redis.Record(), Cancel));

        await newer.CommandAsync("REPLICAOF", "127.0.0.1", "1");
        await older.CommandAsync("REPLICAOF", "NO", "ONE");
        await TestRedis.EventuallyAsync(
            async () => await Record.ExceptionAsync(async () => await store.TrySetAsync("s", old, old, Cancel)) is null,
            "the other server is found"
        );
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("s", old, old, Cancel));
        foreach (var size in new[] { 5_000, 1 })
        {
            var (first, second) = (redis.Record(new string('1', size)), redis.Record(new string('2', size)));
            await store.SetAsync("s", first, Cancel);
            Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("s", first, second, Cancel));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", second, first, Cancel));
            Assert.Equal(second.Payload.ToArray(), (await store.GetAsync("s", Cancel))!.Payload.ToArray());
        }
    }

    private static async Task ReplaceAsync(TestRedis redis, RedisSessionStore store, string filler, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            Assert.Equal(
                ConditionalSetResult.Stored,
                await store.TrySetAsync("s", redis.Record($"{i + 1}{filler}"), redis.Record($"{i}{filler}"), Cancel)
            );
        }
    }

    private static async Task<bool> ComparesAsync(TestRedis redis) =>
        await Record.ExceptionAsync(() => redis.Database.ExecuteAsync("SET", "none", "x", "IFEQ", "y")) is null;

    private static async Task<int> CallsAsync(RedisServer server, string command) => await NumberAsync(server, command, "calls");

    /// <summary>How many SET the server has refused to parse.</summary>
    private static async Task<int> FailedAsync(RedisServer server) => await NumberAsync(server, "set", "failed_calls");

    private static async Task<int> NumberAsync(RedisServer server, string command, string number)
    {
        var line = (await server.CommandAsync("INFO", "commandstats"))
            .Split('\n')
            .FirstOrDefault(text => text.StartsWith($"cmdstat_{command}:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split($"{number}=")[1].Split(',', '\r')[0], CultureInfo.InvariantCulture);
    }
}
