using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class DisposalTests(SharedPostgres shared)
    : DisposalTests<TestDatabase, PostgresSessionStore>(() => TestDatabase.CreateAsync(shared), rounds: 8)
{
    [Fact]
    public async Task Calls_under_way_end_and_the_pool_is_closed()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await using var blocker = await database.ConnectAsync();
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await blocker.ExecuteAsync("LOCK TABLE session", transaction: transaction);
        Task[] writes = [.. Enumerable.Range(0, 10).Select(i => store.SetAsync($"{i}", database.Record(), Cancel).AsTask())];
        await database.WaitForLockAsync(10);
        await store.DisposeAsync();
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        await transaction.CommitAsync(Cancel);
        await Task.WhenAll(writes);
        Assert.Equal(11, await database.QueryAsync<int>("SELECT count(*) FROM session"));

        // A backend ends a moment after its client has gone.
        while (
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'Session.Stores.Postgres' AND datname = current_database()"
            ) > 0
        )
        {
            await Task.Delay(10, Cancel);
        }
    }

    [Fact]
    public async Task A_data_source_that_was_handed_in_stays_open()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var store = database.Store(options => (options.ConnectionString, options.DataSource) = ("", source));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        await store.DisposeAsync();
        await using var command = source.CreateCommand("SELECT count(*) FROM session");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }
}
