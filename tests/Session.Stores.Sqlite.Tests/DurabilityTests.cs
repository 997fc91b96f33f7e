using Session.Testing;

namespace Session.Stores.Sqlite.Tests;

/// <summary>What reaches the disk before a write is acknowledged, as the kernel sees it.</summary>
public sealed class DurabilityTests
{
    // As many sessions as the program stores, one after the other.
    private const int Writes = 50;

    [Fact]
    public async Task With_Full_the_log_is_flushed_for_each_acknowledged_write()
    {
        await using var database = new TestDatabase();
        Assert.InRange(await FlushesOfTheLogAsync(database, "full"), Writes, int.MaxValue);
    }

    [Fact]
    public async Task With_Normal_the_log_is_flushed_only_when_it_is_carried_over()
    {
        await using var database = new TestDatabase();

        // Made once and closed: the log is then carried over at the end of the program at most.
        Assert.InRange(await FlushesOfTheLogAsync(database, "normal"), 0, 5);
    }

    private static async Task<int> FlushesOfTheLogAsync(TestDatabase database, string mode)
    {
        var calls = await Strace.RunAsync("fsync,fdatasync", "Session.Stores.Sqlite.CrashWriter.dll", mode, database.File, "a");
        Assert.Equal((long)Writes, database.Query("SELECT count(*) FROM sessions"));
        return calls.Count(call => call.Contains($"{database.File}-wal>", StringComparison.Ordinal));
    }
}
