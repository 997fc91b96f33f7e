namespace ServerSessions.Stores.Testing;

/// <summary>
/// Tests that every store passes. A class of the same name beside each store derives from them: it says in what place they run and what is
/// different there, and adds the tests that only this store has.
/// </summary>
public abstract class StoreTests<TPlace, TStore>(Func<Task<TPlace>> newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected Task<TPlace> NewPlaceAsync() => newPlace();
}
