using System.Globalization;
using System.Text.Json;

namespace ServerSessions.Stores.Testing;

/// <summary>Many calls at once, and what is to be there after them.</summary>
public static class AtOnce
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task WritesAreAllPresentAsync<TStore>(StorePlace<TStore> place)
        where TStore : IEnumerableSessionStore
    {
        var store = place.NewStore();
        await Task.WhenAll(
            Enumerable.Range(0, 3000).Select(i => Task.Run(() => store.SetAsync($"sid{i}", place.Record($"{i}"), Cancel).AsTask(), Cancel))
        );
        Assert.Equal(3000, await store.LengthAsync(Cancel));
        Assert.Equal(StorePlace.Payload("2999"), (await store.GetAsync("sid2999", Cancel))!.Payload.ToArray());
    }

    /// <summary>64 callers on two stores, each of whom adds a number to those of one session.</summary>
    public static async Task ReadModifyWritesLoseNothingAsync<TStore>(StorePlace<TStore> place, int padding = 0)
        where TStore : IConditionalSessionStore
    {
        TStore[] stores = [place.NewStore(), place.NewStore()];
        var commas = new string(',', padding);
        await stores[0].SetAsync("a", place.Record(commas), Cancel);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AddAsync(place, stores[i % 2], i, commas), Cancel)));

        var read = await stores[0].GetAsync("a", Cancel);
        Assert.Equal(Enumerable.Range(0, 64), Numbers(read!).Order());
    }

    private static async Task AddAsync<TStore>(StorePlace<TStore> place, TStore store, int number, string commas)
        where TStore : IConditionalSessionStore
    {
        ConditionalSetResult result;
        do
        {
            var read = await store.GetAsync("a", Cancel);
            result = await store.TrySetAsync("a", place.Record(commas + string.Join(',', [.. Numbers(read!), number])), read, Cancel);
            Assert.NotEqual(ConditionalSetResult.Missing, result);
        } while (result != ConditionalSetResult.Stored);
    }

    private static int[] Numbers(SessionRecord record)
    {
        using var payload = JsonDocument.Parse(record.Payload);
        var numbers = payload.RootElement.GetProperty("value").GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return [.. numbers.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
    }
}
