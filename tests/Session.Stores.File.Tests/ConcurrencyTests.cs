using System.Globalization;

namespace Session.Stores.File.Tests;

public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_that_wait_together_are_all_acknowledged_and_present()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i =>
            Task.Run(() => store.SetAsync($"sid{i}", folder.Record($"{i}"), Cancel).AsTask(), Cancel)));
        Assert.Equal(3000, await store.LengthAsync(Cancel));
        Assert.Equal(TestFolder.Payload("2999"), (await store.GetAsync("sid2999", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Parallel_read_modify_writes_on_two_stores_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var folder = new TestFolder();
            FileSessionStore[] stores = [folder.Store(), folder.Store()];
            await stores[0].SetAsync("a", Numbers(folder, []), Cancel);
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AddAsync(folder, stores[i % 2], i), Cancel)));

            var read = await stores[0].GetAsync("a", Cancel);
            Assert.Equal(Enumerable.Range(0, 64), Numbers(read!).Order());
        }
    }

    [Fact]
    public async Task Nothing_brings_a_destroyed_session_back()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var folder = new TestFolder();
        FileSessionStore[] stores = [folder.Store(), folder.Store()];
        for (var round = 0; round < 200; round++)
        {
            var sid = $"sid{round}";
            await stores[0].SetAsync(sid, folder.Record("1"), Cancel);
            var read = await stores[1].GetAsync(sid, Cancel);
            var order = Enumerable.Range(0, 5).ToArray();
            random.Shuffle(order);
            using var start = new Barrier(order.Length);
            await Task.WhenAll(order.Select(action => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait(Cancel);
                    var store = stores[action % 2];
                    await (action switch
                    {
                        0 => store.DestroyAsync(sid, Cancel).AsTask(),
                        1 or 2 => store.TouchAsync(sid, folder.Record(), Cancel).AsTask(),
                        _ => store.TrySetAsync(sid, folder.Record("2"), read, Cancel).AsTask(),
                    });
                },
                Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            Assert.True(await stores[0].GetAsync(sid, Cancel) is null, $"Round {round} of seed {seed}: a destroyed session is back.");
        }
    }

    [Fact]
    public async Task Nobody_sees_one_writes_content_with_another_writes_expiry()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var start = folder.Clock.GetUtcNow().AddHours(1);
        SessionRecord Paired(int i) => new(TestFolder.Payload($"{i}"), start.AddSeconds(i));
        await store.SetAsync("a", Paired(0), Cancel);

        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    await store.SetAsync("a", Paired((i * 4) + worker), Cancel);
                }
            },
            Cancel)));
        do
        {
            var read = await store.GetAsync("a", Cancel);
            var i = (int)(read!.Expires!.Value - start).TotalSeconds;
            Assert.Equal(TestFolder.Payload($"{i}"), read.Payload.ToArray());
            await Task.Yield();
        }
        while (!writing.IsCompleted);

        await writing;
    }

    private static async Task AddAsync(TestFolder folder, FileSessionStore store, int number)
    {
        ConditionalSetResult result;
        do
        {
            var read = await store.GetAsync("a", Cancel);
            result = await store.TrySetAsync("a", Numbers(folder, [.. Numbers(read!), number]), read, Cancel);
            Assert.NotEqual(ConditionalSetResult.Missing, result);
        }
        while (result != ConditionalSetResult.Stored);
    }

    private static SessionRecord Numbers(TestFolder folder, int[] numbers) =>
        new(TestFolder.Payload(string.Join(',', numbers)), folder.Clock.GetUtcNow().AddHours(1));

    private static int[] Numbers(SessionRecord record)
    {
        Assert.True(SessionDocument.Parse(record.Payload).TryGetJson("value", out var json));
        return [.. SessionJson.DecodeString(json.Span)!.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
    }
}
