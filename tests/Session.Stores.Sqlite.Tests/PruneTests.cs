namespace Session.Stores.Sqlite.Tests;

public sealed class PruneTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pruning_removes_at_most_a_batch_and_only_what_has_expired()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await SetExpiringAsync(database, store, 25);
        await store.SetAsync("alive", database.Record(), Cancel);
        database.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(5, await store.PruneAsync(10, Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(1L, database.Query("SELECT count(*) FROM sessions"));
        Assert.NotNull(await store.GetAsync("alive", Cancel));
    }

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
    public async Task A_batch_of_less_than_one_is_refused()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.PruneAsync(0, Cancel));
    }

    [Fact]
    public async Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var database = new TestDatabase();
            var logger = new SignallingLogger();
            var store = database.Store(options => (options.PruneInterval, options.PruneBatch) = (Interval, 10), logger);
            await SetExpiringAsync(database, store, 35);

            database.Clock.Advance((Interval * 0.5) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, logger.Count("Pruned"));
            database.Clock.Advance(Interval + TimeSpan.FromMilliseconds(2));
            await logger.EventAsync("Pruned");
            Assert.Equal(0L, database.Query("SELECT count(*) FROM sessions"));
            Assert.Contains(logger.Messages, message => message.Contains("Removed 35 ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Instances_do_not_prune_at_the_same_moment()
    {
        var due = new HashSet<TimeSpan>();
        for (var instance = 0; instance < 8; instance++)
        {
            await using var database = new TestDatabase();
            var clock = new RecordingTimeProvider();
            await using var store = new SqliteSessionStore(
                new SqliteSessionStoreOptions { ConnectionString = database.File, PruneInterval = Interval }, clock);
            await store.OpenAsync(Cancel);
            due.Add(Assert.Single(clock.Due));
        }

        Assert.All(due, time => Assert.InRange(time, Interval * 0.5, Interval * 1.5));
        Assert.True(due.Count > 1, "Eight instances chose the same moment.");
    }

    [Fact]
    public async Task The_timer_goes_on_after_an_error()
    {
        await using var database = new TestDatabase();
        var logger = new SignallingLogger();
        var store = database.Store(options => options.PruneInterval = Interval, logger);
        await SetExpiringAsync(database, store, 1);
        database.Execute("CREATE TRIGGER refuse BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'not now'); END");
        database.Clock.Advance(Interval * 1.5);
        await logger.EventAsync("PruneFailed");

        database.Execute("DROP TRIGGER refuse");

        // The next start is set a moment after the error was logged; time goes on until it has come.
        var pruned = logger.EventAsync("Pruned");
        while (!pruned.IsCompleted)
        {
            database.Clock.Advance(Interval * 1.5);
            await Task.WhenAny(pruned, Task.Delay(10, Cancel));
        }

        await pruned;
        Assert.Equal(0L, database.Query("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task An_infinite_interval_means_never_and_an_unused_store_has_no_timer()
    {
        await using var database = new TestDatabase();
        var clock = new RecordingTimeProvider();
        await using var never = new SqliteSessionStore(
            new SqliteSessionStoreOptions { ConnectionString = database.File, PruneInterval = Timeout.InfiniteTimeSpan }, clock);
        await never.OpenAsync(Cancel);
        await using var unused = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = database.File }, clock);
        Assert.Empty(clock.Due);
    }

    [Fact]
    public async Task Disposal_stops_the_timer()
    {
        await using var database = new TestDatabase();
        var logger = new SignallingLogger();
        var store = database.Store(options => options.PruneInterval = Interval, logger);
        await SetExpiringAsync(database, store, 1);
        await store.DisposeAsync();
        database.Clock.Advance(Interval * 5);
        Assert.Equal(1L, database.Query("SELECT count(*) FROM sessions"));
        Assert.Equal(0, logger.Count("Pruned") + logger.Count("PruneFailed"));
    }

    private static async Task SetExpiringAsync(TestDatabase database, SqliteSessionStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await store.SetAsync($"expiring{i}", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        }
    }

    /// <summary>Tells after how long its timers were to fire.</summary>
    private sealed class RecordingTimeProvider : TimeProvider
    {
        public List<TimeSpan> Due { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Due.Add(dueTime);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
