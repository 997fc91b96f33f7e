using System.Globalization;

namespace ServerSessions.Stores.Testing;

/// <param name="large">The length of sessions of which a page holds only a few.</param>
public abstract class EnumerationTests<TPlace, TStore>(Func<Task<TPlace>> newPlace, int large) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Fact]
    public async Task All_yields_every_live_session_once_with_its_content_and_expiry_over_many_pages()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await Task.WhenAll(
            Enumerable
                .Range(0, 1000)
                .Select(i => store.SetAsync($"sid{i}", place.Record($"{i}", TimeSpan.FromSeconds(i % 2 == 0 ? 10 : 1)), Cancel).AsTask())
        );
        place.Clock.Advance(TimeSpan.FromSeconds(5));

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(500, all.Select(entry => entry.Sid).Distinct().Count());
        Assert.Equal(500, all.Count);
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.All(all, entry =>
        {
            Assert.Equal(StorePlace.Payload(entry.Sid[3..]), entry.Record.Payload.ToArray());
            Assert.Equal(place.Clock.GetUtcNow().AddSeconds(5), entry.Record.Expires);
        });
    }

    [Fact]
    public async Task Large_sessions_make_small_pages_and_none_is_lost()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        for (var i = 0; i < 8; i++)
        {
            await store.SetAsync($"{i}", place.Record(new string('x', large)), Cancel);
        }

        Assert.Equal(8, await store.AllAsync(Cancel).Select(entry => entry.Sid).Distinct().CountAsync(Cancel));
    }

    [Fact]
    public async Task A_session_that_expires_while_the_caller_dawdles_is_not_yielded()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await store.SetAsync("a", place.Record(), Cancel);
        await store.SetAsync("b", place.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());
        place.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await steps.MoveNextAsync());
    }

    /// <summary>
    /// Lists 600 sessions while others come and go and <paramref name="replace"/> writes those whose sid begins with 0 anew.
    /// </summary>
    protected async Task AssertThoseThatStayAreYieldedOnceAsync(Func<TPlace, TStore, Task> replace, bool inOrder = true)
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var stay = Enumerable.Range(0, 600).Select(i => i.ToString("D4", CultureInfo.InvariantCulture)).ToList();
        foreach (var sid in stay)
        {
            await store.SetAsync(sid, place.Record(), Cancel);
        }

        var seen = new List<string>();
        await foreach (var entry in store.AllAsync(Cancel))
        {
            seen.Add(entry.Sid);
            if (seen.Count % 20 == 0)
            {
                await replace(place, store);
                await store.SetAsync($"new{seen.Count}", place.Record(), Cancel);
                await store.DestroyAsync($"new{seen.Count - 20}", Cancel);
            }
        }

        var stayed = seen.Where(sid => sid[0] == '0');
        Assert.Equal(stay, inOrder ? stayed : stayed.Order(StringComparer.Ordinal));
    }
}
