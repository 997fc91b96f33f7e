namespace Session.Stores.File.Tests;

public sealed class PruneTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pruning_removes_at_most_a_batch_and_only_what_has_expired()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await SetExpiringAsync(folder, store, 25);
        await store.SetAsync("alive", folder.Record(), Cancel);
        folder.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(5, await store.PruneAsync(10, Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Single(folder.Names);
        Assert.NotNull(await store.GetAsync("alive", Cancel));
    }

    [Fact]
    public async Task What_is_no_session_is_left_where_it_is()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await SetExpiringAsync(folder, store, 1);
        folder.Plant("broken.json", "{");
        folder.Plant("notes.txt", "mine");
        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
        Assert.Equal(["broken.json", "notes.txt"], folder.Names.Order());
    }

    [Fact]
    public async Task A_session_that_is_touched_while_it_is_being_pruned_stays()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        for (var round = 0; round < 100; round++)
        {
            await store.SetAsync("a", folder.Record(life: TimeSpan.FromSeconds(1)), Cancel);
            var touch = Task.Run(() => store.TouchAsync("a", folder.Record(), Cancel).AsTask(), Cancel);
            folder.Clock.Advance(TimeSpan.FromSeconds(1));
            var pruned = await store.PruneAsync(10, Cancel);
            var touched = await touch;
            Assert.Equal(touched, await store.GetAsync("a", Cancel) is not null);
            Assert.False(touched && pruned > 0);
        }
    }

    [Fact]
    public async Task Temporary_files_that_a_killed_process_left_go_at_the_start_and_with_every_pruning()
    {
        await using var folder = new TestFolder();
        var ours = $".a7-{new string('0', 32)}.tmp";
        folder.Plant(ours, "{");
        folder.Plant("node.json.3141592653", "{");
        folder.Plant("fresh.json.3141592653", "{");
        folder.Plant("kept.json.bak", "{");
        System.IO.File.SetLastWriteTimeUtc(folder.File("node.json.3141592653"), folder.Clock.GetUtcNow().UtcDateTime.AddHours(-2));
        System.IO.File.SetLastWriteTimeUtc(folder.File("fresh.json.3141592653"), folder.Clock.GetUtcNow().UtcDateTime.AddMinutes(-2));
        var logger = new SignallingLogger();
        var store = folder.Store(logger: logger);
        await store.OpenAsync(Cancel);
        await logger.EventAsync("OrphansRemoved");
        Assert.Equal(["fresh.json.3141592653", "kept.json.bak"], folder.Names.Order());

        folder.Plant(ours, "{");
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(["fresh.json.3141592653", "kept.json.bak"], folder.Names.Order());
    }

    [Fact]
    public async Task A_batch_of_less_than_one_is_refused()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.PruneAsync(0, Cancel));
    }

    [Fact]
    public async Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var folder = new TestFolder();
            var logger = new SignallingLogger();
            var store = folder.Store(options => options.PruneInterval = Interval, logger);
            await SetExpiringAsync(folder, store, 35);

            folder.Clock.Advance((Interval * 0.5) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, logger.Count("Pruned"));
            folder.Clock.Advance(Interval + TimeSpan.FromMilliseconds(2));
            await logger.EventAsync("Pruned");
            Assert.Empty(folder.Names);
            Assert.Contains(logger.Messages, message => message.Contains("Removed 35 ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Instances_do_not_prune_at_the_same_moment()
    {
        var due = new HashSet<TimeSpan>();
        for (var instance = 0; instance < 8; instance++)
        {
            await using var folder = new TestFolder();
            var clock = new RecordingTimeProvider();
            await using var store = new FileSessionStore(
                new FileSessionStoreOptions { Path = folder.Path, PruneInterval = Interval }, clock);
            await store.OpenAsync(Cancel);
            due.Add(Assert.Single(clock.Due));
        }

        Assert.All(due, time => Assert.InRange(time, Interval * 0.5, Interval * 1.5));
        Assert.True(due.Count > 1, "Eight instances chose the same moment.");
    }

    [Fact]
    public async Task The_timer_goes_on_after_an_error()
    {
        await using var folder = new TestFolder();
        var logger = new SignallingLogger();
        var store = folder.Store(options => options.PruneInterval = Interval, logger);
        await SetExpiringAsync(folder, store, 1);

        // No lock can be taken where a folder lies in its place.
        for (var stripe = 0; stripe < 256; stripe++)
        {
            var path = folder.File($".locks/{stripe:x2}");
            System.IO.File.Delete(path);
            Directory.CreateDirectory(path);
        }

        folder.Clock.Advance(Interval * 1.5);
        await logger.EventAsync("PruneFailed");

        Directory.Delete(folder.File(".locks"), recursive: true);
        Directory.CreateDirectory(folder.File(".locks"));

        // The next start is set a moment after the error was logged; time goes on until it has come.
        var pruned = logger.EventAsync("Pruned");
        while (!pruned.IsCompleted)
        {
            folder.Clock.Advance(Interval * 1.5);
            await Task.WhenAny(pruned, Task.Delay(10, Cancel));
        }

        await pruned;
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task An_infinite_interval_means_never_and_an_unused_store_has_no_timer()
    {
        await using var folder = new TestFolder();
        var clock = new RecordingTimeProvider();
        await using var never = new FileSessionStore(
            new FileSessionStoreOptions { Path = folder.Path, PruneInterval = Timeout.InfiniteTimeSpan }, clock);
        await never.OpenAsync(Cancel);
        await using var unused = new FileSessionStore(new FileSessionStoreOptions { Path = folder.Path }, clock);
        Assert.Empty(clock.Due);
    }

    [Fact]
    public async Task Disposal_stops_the_timer()
    {
        await using var folder = new TestFolder();
        var logger = new SignallingLogger();
        var store = folder.Store(options => options.PruneInterval = Interval, logger);
        await SetExpiringAsync(folder, store, 1);
        await store.DisposeAsync();
        folder.Clock.Advance(Interval * 5);
        Assert.Single(folder.Names);
        Assert.Equal(0, logger.Count("Pruned") + logger.Count("PruneFailed"));
    }

    private static async Task SetExpiringAsync(TestFolder folder, FileSessionStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await store.SetAsync($"expiring{i}", folder.Record(life: TimeSpan.FromSeconds(1)), Cancel);
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
