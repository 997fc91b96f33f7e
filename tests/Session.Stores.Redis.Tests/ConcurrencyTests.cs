using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisConcurrencyTests(SharedRedis server, ITestOutputHelper output) : ConcurrencyTests(server, output);

public sealed class ClusterConcurrencyTests(SharedRedisCluster cluster, ITestOutputHelper output) : ConcurrencyTests(cluster, output);

public abstract class ConcurrencyTests(SharedServer<RedisPlace> server, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_sessions_written_at_once_are_all_present()
    {
        await using var redis = await TestRedis.OnAsync(server);
        await AtOnce.WritesAreAllPresentAsync(redis);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Sixty_four_parallel_read_modify_writes_on_two_stores_lose_nothing(int padding)
    {
        for (var round = 0; round < 3; round++)
        {
            await using var redis = await TestRedis.OnAsync(server);
            await AtOnce.ReadModifyWritesLoseNothingAsync(redis, padding);
        }
    }

    [Fact]
    public async Task Nothing_brings_a_destroyed_session_back()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var redis = await TestRedis.OnAsync(server);
        RedisSessionStore[] stores = [redis.Store(), redis.Store()];
        for (var round = 0; round < 1000; round++)
        {
            var sid = $"sid{round}";
            await stores[0].SetAsync(sid, redis.Record("1"), Cancel);
            var read = await stores[1].GetAsync(sid, Cancel);
            var order = Enumerable.Range(0, 5).ToArray();
            random.Shuffle(order);
            await Task.WhenAll(
                order.Select(action =>
                    Task.Run(
                        async () =>
                        {
                            var store = stores[action % 2];
                            await (
                                action switch
                                {
                                    0 => store.DestroyAsync(sid, Cancel).AsTask(),
                                    1 or 2 => store.TouchAsync(sid, redis.Record(), Cancel).AsTask(),
                                    _ => store.TrySetAsync(sid, redis.Record("2"), read, Cancel).AsTask(),
                                }
                            );
                        },
                        Cancel
                    )
                )
            );
            Assert.True(await stores[0].GetAsync(sid, Cancel) is null, $"Round {round} of seed {seed}: a destroyed session is back.");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_000)]
    public async Task Nobody_sees_one_writes_content_with_another_writes_expiry(int more)
    {
        await using var redis = await TestRedis.OnAsync(server);
        RedisSessionStore[] stores = [redis.Store(), redis.Store()];
        var start = redis.Clock.GetUtcNow();
        var filler = new string('x', more);
        SessionRecord Paired(int i) => new(TestRedis.Payload($"{filler}{i}"), start.AddHours(1 + (i % 2 * 1000)));
        await stores[0].SetAsync("a", Paired(0), Cancel);

        var writing = Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(worker =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; i < 1000; i++)
                            {
                                await stores[0].SetAsync("a", Paired((i * 4) + worker), Cancel);
                            }
                        },
                        Cancel
                    )
                )
        );
        var reads = 0;
        do
        {
            foreach (var read in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => stores[1].GetAsync("a", Cancel).AsTask())))
            {
                var isLong = read!.Expires > start.AddHours(500);
                var value = Encoding.UTF8.GetString(read.Payload.Span).Split('"')[^2];
                var number = int.Parse(value[more..], CultureInfo.InvariantCulture);
                Assert.Equal(number % 2 == 1, isLong);
                reads++;
            }
        } while (!writing.IsCompleted);

        await writing;
        output.WriteLine($"{reads} reads during 4000 writes");
    }
}
