using System.Data.Common;
using Dapper;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>What a store finds or makes when it opens, and what it says of what it cannot use.</summary>
/// <param name="newPlace">Makes an empty database.</param>
public abstract class RelationalOpeningTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : StoreTests<TDatabase, TStore>(newPlace)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Fact]
    public async Task A_wrong_password_and_a_missing_database_are_said_and_the_password_is_not()
    {
        await using var database = await NewPlaceAsync();
        var wrong = await FailsToOpenAsync(At(database, database.With("Password", "very-secret")));
        Assert.Contains("refused the user or the password", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", wrong.ToString(), StringComparison.Ordinal);
        var none = await FailsToOpenAsync(At(database, database.With("Password", null)));
        Assert.Contains("password", none.Message, StringComparison.OrdinalIgnoreCase);
        var missing = await FailsToOpenAsync(At(database, database.With("Database", "nowhere")));
        Assert.Contains("no such database", missing.Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_dropped_while_the_store_runs_is_an_error_once_and_then_made_again()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync("a", database.Record(), Cancel);
        await database.ExecuteAsync($"DROP TABLE {database.Table.Name}");
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        await store.SetAsync("a", database.Record(), Cancel);
        await AssertFollowsOtherTypesAsync(database, store);
    }

    /// <summary>What errors name the backend.</summary>
    protected abstract string Backend { get; }

    /// <summary>What the store does if its table is dropped and made again with other types.</summary>
    protected virtual Task AssertFollowsOtherTypesAsync(TDatabase database, TStore store) => Task.CompletedTask;

    /// <summary>Of 32 stores that write at once, one makes the table.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="newDatabase">Makes an empty database.</param>
    /// <param name="assertMade">What else is there then.</param>
    protected async Task AssertManyStoresStartAtOnceAsync(
        int rounds,
        Func<Task<TDatabase>> newDatabase,
        Func<TDatabase, Task> assertMade
    )
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var database = await newDatabase();
            var stores = Starters(database, 32);
            await Task.WhenAll(StartAll(database, stores));
            Assert.Equal(32, await stores[0].LengthAsync(Cancel));
            Assert.Equal(1, await database.TablesAsync());
            await assertMade(database);
        }
    }

    /// <summary>Stores with one connection each.</summary>
    protected static TStore[] Starters(TDatabase database, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => At(database, database.With("Maximum Pool Size", 1)))];

    /// <summary>A first write of each store at once.</summary>
    protected static IEnumerable<Task> StartAll(TDatabase database, TStore[] stores) =>
        stores.Select((store, i) => Task.Run(() => store.SetAsync($"{i}", database.Record(), Cancel).AsTask(), Cancel));

    protected static TStore At(TDatabase database, string connectionString) =>
        database.StoreWith(new StoreSettings { ConnectionString = connectionString });

    /// <summary>Every operation on each of the stores, whose tables have odd names, beside a table neighbour with one row.</summary>
    protected static async Task AssertTablesKnowNothingOfEachOtherAsync(TDatabase database, TStore[] stores)
    {
        for (var i = 0; i < stores.Length; i++)
        {
            await stores[i].SetAsync("a", database.Record($"{i}"), Cancel);
        }

        for (var i = 0; i < stores.Length; i++)
        {
            var read = await stores[i].GetAsync("a", Cancel);
            Assert.Equal(StorePlace.Payload($"{i}"), read!.Payload.ToArray());
            Assert.Equal(ConditionalSetResult.Stored, await stores[i].TrySetAsync("a", database.Record("x"), read, Cancel));
            Assert.True(await stores[i].TouchAsync("a", database.Record(), Cancel));
            Assert.Equal(1, await stores[i].LengthAsync(Cancel));
            Assert.Equal(0, await stores[i].PruneAsync(1, Cancel));
            Assert.Single(await stores[i].AllAsync(Cancel).ToListAsync(Cancel));
            await stores[i].ClearAsync(Cancel);
        }

        Assert.Equal(1, await database.QueryAsync<int>("SELECT count(*) FROM neighbour"));
    }

    /// <summary>Opening fails and says so, and changes nothing of the table.</summary>
    /// <param name="create">Makes the table.</param>
    /// <param name="says">What the error says.</param>
    /// <param name="columns">Asks for the columns of the table, as one text.</param>
    protected async Task AssertRefusedAndLeftAsync(string create, string says, string columns)
    {
        await using var database = await NewPlaceAsync();
        await database.ExecuteAsync(create);
        var before = await database.QueryAsync<string>(columns);
        var error = await FailsToOpenAsync(database.NewStore());
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{database.Table.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await database.QueryAsync<string>(columns));
    }

    /// <summary>Every operation of a user with the rights of the README, who may not create a table.</summary>
    /// <param name="prepareAsync">Takes rights that all have, and gives this user those that are no table's.</param>
    protected async Task AssertFewRightsAreEnoughAsync<TDenied>(Func<TDatabase, string, Task> prepareAsync)
        where TDenied : DbException
    {
        await using var database = await NewPlaceAsync();
        await database.NewStore().OpenAsync(Cancel);
        var (user, connectionString) = await database.NewUserAsync();
        await prepareAsync(database, user);
        await database.GrantAsync("SELECT, INSERT, UPDATE, DELETE", user);
        var store = At(database, connectionString);
        await store.SetAsync("a", database.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("b"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("c", database.Record("b"), null, Cancel));
        Assert.True(await store.TouchAsync("a", database.Record(), Cancel));
        Assert.Equal(2, await store.LengthAsync(Cancel));
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
        await store.DestroyAsync("a", Cancel);
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
        await store.ClearAsync(Cancel);
        await Assert.ThrowsAsync<TDenied>(async () =>
        {
            await using var connection = await database.ConnectAsync(connectionString);
            await connection.ExecuteAsync("CREATE TABLE more (a int)");
        });
    }

    protected async Task<SessionStoreException> FailsToOpenAsync(TStore store)
    {
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.False(error.IsTransient);
        Assert.Equal(SessionStoreOperation.Open, error.Operation);
        Assert.Equal(Backend, error.Backend);
        return error;
    }
}
