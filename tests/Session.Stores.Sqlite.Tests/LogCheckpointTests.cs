using ServerSessions.Testing;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>The write-ahead log is checkpointed beside the writer, and does not grow without bound.</summary>
public sealed class LogCheckpointTests
{
    private static readonly string Text = new('x', 4000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_reaches_the_database_while_the_store_is_open_and_closing_leaves_no_log()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        for (var i = 0; i < 2000; i += 100)
        {
            await SetAsync(database, store, i, 100);
        }

        // 2,000 sessions are 8 MB and more; SQLite's own turn comes at 32 MB.
        await Bounded.UntilAsync(() => new FileInfo(database.File).Length >= 4_000_000, "a checkpoint of the log", Cancel);

        await store.DisposeAsync();
        Assert.Equal([database.File], Directory.GetFiles(database.Folder));
        Assert.Equal(2000L, database.Query("SELECT count(*) FROM sessions"));
        Assert.Equal("ok", database.Query("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task The_log_has_a_bound_however_closely_writes_follow_each_other()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(async writer =>
                {
                    for (var i = 0; i < 50; i++)
                    {
                        // SQLite writes no page that stays as it was.
                        await store.SetAsync($"{writer}", database.Record(new string((char)('a' + (i % 26)), 60_000)), Cancel);
                    }
                })
        );

        // Nearly 200 MB were written. The writer checkpoints the log itself at 32 MB, if it does not meet the one beside it; and waits
        // for that one after as much again.
        Assert.InRange(new FileInfo(database.File + "-wal").Length, 1, 80_000_000);
    }

    [Fact]
    public async Task A_log_that_cannot_be_carried_over_is_said_and_loses_nothing()
    {
        await using var database = new TestDatabase();

        // The first checkpoint is at 4 MB: that much fits, and as much again in the database does not.
        using var disk = new SmallDisk(database.Folder, megabytes: 6);
        var log = new SignallingLogger();
        var store = database.Store(logger: log);
        var acknowledged = 0;
        await Assert.ThrowsAsync<SessionStoreException>(async () =>
        {
            for (; ; acknowledged += 100)
            {
                await SetAsync(database, store, acknowledged, 100);
            }
        });
        await log.EventAsync("CheckpointFailed");

        for (var i = 0; i < acknowledged; i++)
        {
            Assert.Equal(TestDatabase.Payload(Text), (await store.GetAsync($"{i}", Cancel))!.Payload.ToArray());
        }
    }

    private static Task SetAsync(TestDatabase database, SqliteSessionStore store, int first, int count) =>
        Task.WhenAll(Enumerable.Range(first, count).Select(number => store.SetAsync($"{number}", database.Record(Text), Cancel).AsTask()));
}
