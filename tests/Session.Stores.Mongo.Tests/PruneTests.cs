using Session.Testing;
using Session.Testing.MongoServer;

namespace Session.Stores.Mongo.Tests;

public sealed class PruneTests(SharedMongoOrSubstitute shared)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pruning_removes_at_most_a_batch_and_only_what_has_expired()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await SetExpiringAsync(mongo, store, 25);
        await store.SetAsync("alive", mongo.Record(), Cancel);
        mongo.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(5, await store.PruneAsync(10, Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(1, await mongo.CountAsync());
        Assert.NotNull(await store.GetAsync("alive", Cancel));
    }

    [Fact]
    public async Task A_batch_bounds_documents_without_a_date_as_well()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await SetExpiringAsync(mongo, store, 3);
        await mongo.InsertAsync("{ _id: 'x', session: '{}', expires: null }");
        await mongo.InsertAsync("{ _id: 'y', session: '{}', expires: 'never' }");
        await mongo.InsertAsync("{ _id: 'z', session: '{}', expires: 7 }");
        mongo.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await store.PruneAsync(4, Cancel));
        Assert.Equal(2, await store.PruneAsync(4, Cancel));
    }

    [Fact]
    public async Task A_batch_of_less_than_one_is_refused()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.PruneAsync(0, Cancel));
    }

    [Fact]
    public async Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var mongo = await TestMongo.OnAsync(shared);
            var logger = new SignallingLogger();
            var store = mongo.Store(options => (options.PruneInterval, options.PruneBatch, options.CreateIndex) = (Interval, 10, false), logger);
            await SetExpiringAsync(mongo, store, 35);

            mongo.Clock.Advance((Interval * 0.5) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, logger.Count("Pruned"));
            mongo.Clock.Advance(Interval + TimeSpan.FromMilliseconds(2));
            await logger.EventAsync("Pruned");
            Assert.Equal(0, await mongo.CountAsync());
            Assert.Contains(logger.Messages, message => message.Contains("Removed 35 ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Instances_do_not_prune_at_the_same_moment()
    {
        var due = new HashSet<TimeSpan>();
        for (var instance = 0; instance < 8; instance++)
        {
            await using var mongo = await TestMongo.OnAsync(shared);
            var clock = new RecordingTimeProvider();
            await using var store = new MongoSessionStore(
                new MongoSessionStoreOptions { ConnectionString = mongo.ConnectionString, DatabaseName = mongo.DatabaseName, PruneInterval = Interval }, clock);
            await store.OpenAsync(Cancel);
            due.Add(Assert.Single(clock.Due));
        }

        Assert.All(due, time => Assert.InRange(time, Interval * 0.5, Interval * 1.5));
        Assert.True(due.Count > 1, "Eight instances chose the same moment.");
    }

    [Fact]
    public async Task The_timer_goes_on_after_an_error()
    {
        await using var mongo = new TestMongo();
        var logger = new SignallingLogger();
        var store = mongo.Store(options => (options.PruneInterval, options.CreateIndex) = (Interval, false), logger);
        await SetExpiringAsync(mongo, store, 1);
        mongo.Server.Faults.All(Fault.Error(8000), "delete");
        mongo.Clock.Advance(Interval * 1.5);
        await logger.EventAsync("PruneFailed");

        mongo.Server.Faults.Clear();

        // The next start is set a moment after the error was logged; time goes on until it has come.
        var pruned = logger.EventAsync("Pruned");
        while (!pruned.IsCompleted)
        {
            mongo.Clock.Advance(Interval * 1.5);
            await Task.WhenAny(pruned, Task.Delay(10, Cancel));
        }

        await pruned;
        Assert.Equal(0, await mongo.CountAsync());
    }

    [Fact]
    public async Task An_infinite_interval_means_never_and_an_unused_store_has_no_timer()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var clock = new RecordingTimeProvider();
        await using var never = new MongoSessionStore(
            new MongoSessionStoreOptions { ConnectionString = mongo.ConnectionString, DatabaseName = mongo.DatabaseName, PruneInterval = Timeout.InfiniteTimeSpan }, clock);
        await never.OpenAsync(Cancel);
        await using var unused = new MongoSessionStore(new MongoSessionStoreOptions { ConnectionString = mongo.ConnectionString, PruneInterval = Interval }, clock);
        Assert.Empty(clock.Due);
    }

    [Fact]
    public async Task Disposal_stops_the_timer()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var logger = new SignallingLogger();
        var store = mongo.Store(options => (options.PruneInterval, options.CreateIndex) = (Interval, false), logger);
        await SetExpiringAsync(mongo, store, 1);
        await store.DisposeAsync();
        mongo.Clock.Advance(Interval * 5);
        Assert.Equal(1, await mongo.CountAsync());
        Assert.Equal(0, logger.Count("Pruned") + logger.Count("PruneFailed"));
    }

    private static async Task SetExpiringAsync(TestMongo mongo, MongoSessionStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await store.SetAsync($"expiring{i}", mongo.Record(life: TimeSpan.FromSeconds(1)), Cancel);
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
