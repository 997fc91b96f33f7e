using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class PruneTests() : PruneTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync, rounds: 20)
{
    [Fact]
    public async Task A_batch_bounds_unreadable_rows_as_well()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await SetExpiringAsync(database, store, 3);
        database.Execute("INSERT INTO sessions VALUES ('x', NULL, '{}'), ('y', 'never', '{}'), ('z', '', '{}')");
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await store.PruneAsync(4, Cancel));
        Assert.Equal(2, await store.PruneAsync(4, Cancel));
    }

    [Fact]
    public Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches() =>
        AssertTimerWaitsAndRemovesEverythingAsync();

    protected override SqliteSessionStore NewStore(
        TestDatabase database,
        TimeSpan interval,
        ILogger<SqliteSessionStore>? logger,
        TimeProvider? clock
    ) => database.Store(options => (options.PruneInterval, options.PruneBatch) = (interval, 10), logger, clock);

    protected override Task<long> CountAsync(TestDatabase database) =>
        Task.FromResult((long)database.Query("SELECT count(*) FROM sessions")!);

    protected override Task BreakPruningAsync(TestDatabase database)
    {
        database.Execute("CREATE TRIGGER refuse BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'not now'); END");
        return Task.CompletedTask;
    }

    protected override Task MendPruningAsync(TestDatabase database)
    {
        database.Execute("DROP TRIGGER refuse");
        return Task.CompletedTask;
    }
}
