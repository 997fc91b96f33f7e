using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

public abstract class RelationalDisposalTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : DisposalTests<TDatabase, TStore>(newPlace, rounds: 8)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Fact]
    public async Task Calls_under_way_end_and_the_pool_is_closed()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync("a", database.Record(), Cancel);
        Task[] writes;
        await using (await database.LockTableAsync())
        {
            writes = [.. Enumerable.Range(0, 10).Select(i => store.SetAsync($"{i}", database.Record(), Cancel).AsTask())];
            await database.WaitForLockAsync(10);
            await store.DisposeAsync();
            Assert.All(writes, static write => Assert.False(write.IsCompleted));
        }

        await Task.WhenAll(writes);
        Assert.Equal(11, await database.CountAsync());
        await database.WaitForNoStoreConnectionAsync();
    }

    [Fact]
    public async Task A_data_source_that_was_handed_in_stays_open()
    {
        await using var database = await NewPlaceAsync();
        await using var source = database.NewSource(database.ConnectionString);
        var store = database.StoreWith(new StoreSettings { Source = source });
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        await store.DisposeAsync();
        await using var command = source.CreateCommand($"SELECT count(*) FROM {database.Table.Name}");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }
}
