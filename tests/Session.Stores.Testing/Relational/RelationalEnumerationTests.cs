using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

public abstract class RelationalEnumerationTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : EnumerationTests<TDatabase, TStore>(newPlace, large: 700_000)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    // The rows move to the end of the table. No statement of the listing stands in the way.
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go() =>
        AssertThoseThatStayAreYieldedOnceAsync(
            (database, _) =>
                database.ExecuteAsync(
                    $"UPDATE {database.Table.Name} SET {database.Table.Expires} = {ASecondLater} WHERE {database.Table.Sid} LIKE '0%'"
                )
        );

    [Fact]
    public async Task Between_two_steps_the_database_is_free_for_everyone()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());

        // Changing or dropping a table waits for everybody who has it in a transaction.
        await AssertFreeAsync(database);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Clear_removes_all_and_keeps_table_and_index()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await store.TouchAsync("b", database.Record(life: TimeSpan.Zero), Cancel);
        await database.InsertManyAsync("x", 2700, database.ExpiresIn(0));
        Assert.Equal(2702, await database.CountAsync());
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await database.CountAsync());
        await AssertTableAndIndexAsync(database);
    }

    /// <summary>An expiry one second later, as SQL.</summary>
    protected abstract string ASecondLater { get; }

    /// <summary>No statement of a store holds the table.</summary>
    protected abstract Task AssertFreeAsync(TDatabase database);

    protected abstract Task AssertTableAndIndexAsync(TDatabase database);
}
