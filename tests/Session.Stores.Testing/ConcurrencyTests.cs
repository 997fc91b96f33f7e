namespace ServerSessions.Stores.Testing;

public abstract class ConcurrencyTests<TPlace, TStore>(Func<Task<TPlace>> newPlace) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Fact]
    public async Task Parallel_read_modify_writes_on_two_stores_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var place = await NewPlaceAsync();
            await AtOnce.ReadModifyWritesLoseNothingAsync(place);
        }
    }
}
