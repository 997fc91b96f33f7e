using System.Globalization;

namespace Session.Stores.File.Tests;

public sealed class ConcurrencyTests
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
