using System.Transactions;
using Dapper;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class AmbientTransactionTests(SharedMySql shared)
    : AmbientTransactionTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared))
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task It_stays_on_a_data_source_of_the_application_too(bool flows, bool isOver)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await using var source = new MySqlDataSource(database.ConnectionString);
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { DataSource = source }, database.Clock);
        await AmbientTransaction.TakesNothingBackAsync(store, database.Record, flows, isOver);
    }

    [Fact]
    public async Task The_applications_own_work_in_the_transaction_is_committed_beside_the_sessions()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE orders (id int)");
        await using var source = new MySqlDataSource(database.ConnectionString);
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { DataSource = source }, database.Clock);
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
