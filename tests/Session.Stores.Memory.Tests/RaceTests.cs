using System.Globalization;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class RaceTests : MemoryStoreTest
{
    private const int Rounds = 200;

    [Fact]
    public async Task Sixty_four_parallel_conditional_writers_lose_nothing()
    {
        const int Writers = 64;
        const int Increments = 50;
        for (var round = 0; round < 5; round++)
        {
            var sid = $"counter{round}";
            await Store.SetAsync(sid, Counter(0), Cancel);
            await Parallel(Writers, async writer =>
            {
                for (var i = 0; i < Increments; i++)
                {
                    // Every other writer goes by what it stored itself, which has no token; touches run all the time.
                    var expected = await Store.GetAsync(sid, Cancel);
                    expected = writer % 2 == 0 ? expected : new SessionRecord(expected!.Payload.Span, expires: null);
                    await Store.TouchAsync(sid, Raw($$"""{"cookie":{"path":"/{{writer}}"} }"""), Cancel);
                    i -=
                        await Store.TrySetAsync(sid, Counter(Count(expected!) + 1), expected, Cancel) == ConditionalSetResult.Stored
                            ? 0
                            : 1;
                }
            });

            Assert.Equal(Writers * Increments, Count((await Store.GetAsync(sid, Cancel))!));
        }
    }

    [Fact]
    public async Task A_session_destroyed_under_touches_and_conditional_sets_stays_destroyed()
    {
        // Long enough that comparing it, or putting a cookie into it, takes a while.
        var large = $$"""{"cookie":{},"count":#,"text":"{{new string('x', 50_000)}}"}""";
        for (var seed = 1; seed <= Rounds; seed++)
        {
            var random = new Random(seed);
            var delays = Enumerable.Range(0, 8).Select(_ => random.Next(2000)).ToArray();
            await Store.SetAsync("a", Raw(large.Replace("#", "0", StringComparison.Ordinal)), Cancel);
            var got = await Store.GetAsync("a", Cancel);
            await Parallel(delays.Length, async worker =>
            {
                Thread.SpinWait(delays[worker]);
                switch (worker % 4)
                {
                    case 0:
                        await Store.DestroyAsync("a", Cancel);
                        break;
                    case 1:
                        await Store.TouchAsync("a", Counter(7), Cancel);
                        break;
                    case 2:
                        await Store.TrySetAsync("a", Counter(8), got, Cancel);
                        break;
                    default:
                        await Store.TrySetAsync("a", Counter(9), Raw(large.Replace("#", " 0", StringComparison.Ordinal)), Cancel);
                        break;
                }
            });
            Assert.True(await Store.GetAsync("a", Cancel) is null, $"Seed {seed}: the session is back.");
            Assert.True(await Store.LengthAsync(Cancel) == 0, $"Seed {seed}: the session is counted.");
        }
    }

    [Fact]
    public async Task The_bound_and_the_order_hold_under_any_mixture()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            using var store = new MemorySessionStore(new MemorySessionStoreOptions { MaxSessions = 50 }, Time);
            await Parallel(8, async worker =>
            {
                var random = new Random((seed * 100) + worker);
                for (var i = 0; i < 2000; i++)
                {
                    var sid = random.Next(200).ToString(CultureInfo.InvariantCulture);
                    await (
                        random.Next(7) switch
                        {
                            0 => store.DestroyAsync(sid, Cancel).AsTask(),
                            1 => store.TouchAsync(sid, Counter(1), Cancel).AsTask(),
                            2 => store.GetAsync(sid, Cancel).AsTask(),
                            3 => store.PruneAsync(5, Cancel).AsTask(),
                            4 => store.SetAsync(sid, Raw("{}", Now), Cancel).AsTask(),
                            5 when i % 500 == 0 => store.ClearAsync(Cancel).AsTask(),
                            _ => store.SetAsync(sid, Counter(1), Cancel).AsTask(),
                        }
                    );
                }
            });

            // A count that had gone wrong, or a list that had come apart, shows when the store is filled again.
            Assert.True(await store.LengthAsync(Cancel) <= 50, $"Seed {seed}.");
            for (var i = 0; i < 50; i++)
            {
                await store.SetAsync($"new{i}", Counter(1), Cancel);
            }

            await foreach (var entry in store.AllAsync(Cancel))
            {
                Assert.True(entry.Sid.StartsWith("new", StringComparison.Ordinal), $"Seed {seed}: an older session outlived newer ones.");
            }

            Assert.True(await store.LengthAsync(Cancel) == 50, $"Seed {seed}.");
        }
    }

    private static SessionRecord Counter(int count) => Raw($$"""{"cookie":{},"count":{{count}}}""");

    private static int Count(SessionRecord record) =>
        SessionDocument.Parse(record.Payload).TryGetJson("count", out var json)
            ? int.Parse(Encoding.UTF8.GetString(json.Span), CultureInfo.InvariantCulture)
            : -1;

    private static Task Parallel(int workers, Func<int, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => work(worker), Cancel)));

    private SessionRecord Paired(int count) => Raw($$"""{"cookie":{},"count":{{count}}}""", Now + TimeSpan.FromSeconds(count));
}
