using System.Transactions;
using Dapper;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

public abstract class RelationalAmbientTransactionTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : AmbientTransactionTests<TDatabase, TStore>(newPlace)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task It_stays_on_a_data_source_of_the_application_too(bool flows, bool isOver)
    {
        await using var database = await NewPlaceAsync();
        await using var source = database.NewSource(database.ConnectionString);
        await using var store = database.StoreWith(new StoreSettings { Source = source });
        await AmbientTransaction.TakesNothingBackAsync(store, database.Record, flows, isOver);
    }

    [Fact]
    public async Task The_applications_own_work_in_the_transaction_is_committed_beside_the_sessions()
    {
        await using var database = await NewPlaceAsync();
        await database.ExecuteAsync("CREATE TABLE orders (id int)");
        await using var source = database.NewSource(database.ConnectionString);
        await using var store = database.StoreWith(new StoreSettings { Source = source });
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using (var connection = await source.OpenConnectionAsync(Cancel))
            {
                await connection.ExecuteAsync("INSERT INTO orders VALUES (1)");
                await store.SetAsync("a", database.Record(), Cancel);
            }

            await store.SetAsync("b", database.Record(), Cancel);
            scope.Complete();
        }

        Assert.Equal(1, await database.QueryAsync<int>("SELECT count(*) FROM orders"));
        Assert.Equal(2, await store.LengthAsync(Cancel));
    }
}
