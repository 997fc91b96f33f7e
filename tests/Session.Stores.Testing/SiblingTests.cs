namespace ServerSessions.Stores.Testing;

/// <summary>A store beside a store, on the same backend.</summary>
public abstract class SiblingTests<TPlace, TStore>(Func<Task<TPlace>> newPlace) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Fact]
    public async Task What_is_in_a_sibling_is_neither_read_listed_counted_nor_cleared_with_the_sessions()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var sibling = Sibling(store);
        await store.SetAsync("a", place.Record("session"), Cancel);
        await sibling.SetAsync("b", place.Record("list"), Cancel);

        Assert.Null(await store.GetAsync("b", Cancel));
        Assert.Null(await sibling.GetAsync("a", Cancel));
        Assert.Equal("a", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal("b", Assert.Single(await sibling.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        await store.ClearAsync(Cancel);
        Assert.Equal((0, 1), (await store.LengthAsync(Cancel), await sibling.LengthAsync(Cancel)));
        await sibling.ClearAsync(Cancel);
        Assert.Equal(0, await sibling.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_sibling_compares_and_sets_and_is_one_object_for_one_name()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var sibling = Sibling(store);

        Assert.Same(sibling, Sibling(store));
        Assert.Equal(ConditionalSetResult.Stored, await sibling.TrySetAsync("a", place.Record("1"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await sibling.TrySetAsync("a", place.Record("2"), null, Cancel));
        Assert.Throws<ArgumentException>(() => ((ISiblingSessionStore)store).GetSibling("not a name"));
    }

    [Fact]
    public async Task A_sibling_is_disposed_with_its_store_and_none_is_given_after_that()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var sibling = Sibling(store);
        await sibling.SetAsync("a", place.Record(), Cancel);
        await store.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => ((ISiblingSessionStore)store).GetSibling("users"));
        await sibling.DisposeAsync();
    }

    private static TStore Sibling(TStore store) => (TStore)((ISiblingSessionStore)store).GetSibling("users");
}
