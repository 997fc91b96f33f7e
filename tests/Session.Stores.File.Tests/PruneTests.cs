using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.File.Tests;

public sealed class PruneTests() : PruneTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync, rounds: 20)
{
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
    public Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything() =>
        AssertTimerWaitsAndRemovesEverythingAsync();

    protected override FileSessionStore NewStore(
        TestFolder folder,
        TimeSpan interval,
        ILogger<FileSessionStore>? logger,
        TimeProvider? clock
    ) => folder.Store(options => options.PruneInterval = interval, logger, clock);

    protected override Task<long> CountAsync(TestFolder folder) => Task.FromResult(folder.Names.LongLength);

    protected override Task BreakPruningAsync(TestFolder folder)
    {
        // No lock can be taken where a folder lies in its place.
        for (var stripe = 0; stripe < 256; stripe++)
        {
            var path = folder.File($".locks/{stripe:x2}");
            System.IO.File.Delete(path);
            Directory.CreateDirectory(path);
        }

        return Task.CompletedTask;
    }

    protected override Task MendPruningAsync(TestFolder folder)
    {
        Directory.Delete(folder.File(".locks"), recursive: true);
        Directory.CreateDirectory(folder.File(".locks"));
        return Task.CompletedTask;
    }
}
