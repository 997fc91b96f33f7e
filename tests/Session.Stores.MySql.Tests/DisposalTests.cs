using Dapper;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class DisposalTests(SharedMySql shared)
    : DisposalTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared), rounds: 8)
{
    [Fact]
    public async Task Calls_under_way_end_and_the_pool_is_closed()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await using var blocker = await database.ConnectAsync();
        await blocker.ExecuteAsync("LOCK TABLES sessions WRITE");
        Task[] writes = [.. Enumerable.Range(0, 10).Select(i => store.SetAsync($"{i}", database.Record(), Cancel).AsTask())];
        await database.WaitForTableLockAsync(10);
        await store.DisposeAsync();
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        await blocker.ExecuteAsync("UNLOCK TABLES");
        await Task.WhenAll(writes);
        Assert.Equal(11, await database.QueryAsync<int>("SELECT count(*) FROM sessions"));

        // A connection ends a moment after its client has gone. Two are this test's.
        while (await database.QueryAsync<int>("SELECT count(*) FROM information_schema.processlist WHERE db = database()") > 2)
        {
            await Task.Delay(10, Cancel);
        }
    }

    [Fact]
    public async Task A_data_source_that_was_handed_in_stays_open()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await using var source = new MySqlDataSource(database.ConnectionString);
        var store = database.Store(options => (options.ConnectionString, options.DataSource) = ("", source));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        await store.DisposeAsync();
        await using var command = source.CreateCommand("SELECT count(*) FROM sessions");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }
}
