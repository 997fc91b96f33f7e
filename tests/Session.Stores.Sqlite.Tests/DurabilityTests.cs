using ServerSessions.Testing;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>What reaches the disk before a write is acknowledged, as the kernel sees it.</summary>
public sealed class DurabilityTests
{
    // As many sessions as the program stores, one after the other.
    private const int Writes = 50;

    [Fact]
    public async Task With_Full_the_log_is_flushed_for_each_acknowledged_write()
    {
        await using var database = new TestDatabase();
        Assert.InRange((await FlushesOfTheLogAsync(database, "full")).Count, Writes, int.MaxValue);
    }

    [Fact]
    public async Task With_Normal_the_log_is_flushed_only_at_a_checkpoint()
    {
        await using var database = new TestDatabase();

        // Made once and closed: the program's end makes one checkpoint at most.
        Assert.InRange((await FlushesOfTheLogAsync(database, "normal")).Count, 0, 5);
    }

    [Fact]
    public async Task A_checkpoint_beside_the_writer_flushes_the_log_on_its_own_thread()
    {
        await using var database = new TestDatabase();

        // It begins after four megabytes. With fifty the writer has waited for it, however late it is. The writer itself flushes the head
        // of each new log.
        Assert.Equal(2, (await FlushesOfTheLogAsync(database, "large")).Distinct().Count());
    }

    /// <summary>The thread of each.</summary>
    private static async Task<IReadOnlyList<string>> FlushesOfTheLogAsync(TestDatabase database, string mode)
    {
        var calls = await Strace.RunByThreadAsync("fsync,fdatasync", "Session.Stores.Sqlite.CrashWriter.dll", mode, database.File, "a");
        Assert.Equal((long)Writes, database.Query("SELECT count(*) FROM sessions"));
        return
        [
            .. calls
                .Where(call => call.Call.Contains($"{database.File}-wal>", StringComparison.Ordinal))
                .Select(static call => call.Thread),
        ];
    }
}
