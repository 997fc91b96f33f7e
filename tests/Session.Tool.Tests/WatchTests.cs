using System.Globalization;

namespace ServerSessions.Tool.Tests;

/// <summary><c>watch</c>, and what Ctrl-C does.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Each_count_is_a_line_with_its_change()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(4);

        var (exitCode, counts) = await Tool.JsonAsync(store.Url, "watch", "--times", "3", "--interval", "0.1");
        var run = await Tool.RunAsync(store.Url, "watch", "--times", "2", "--interval", "0.1");

        Assert.Equal((0, 3), (exitCode, counts.Length));
        Assert.All(counts, static count => Assert.Equal(4, count.GetProperty("count").GetInt32()));
        Assert.Equal(0, counts[2].GetProperty("change").GetInt32());
        Assert.Matches("^[0-9-]{10} [0-9:]{8} UTC             4           0$", run.Lines[2]);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_watch_with_success()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kill is sent as Linux has it.");
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(1);
        using var process = Tool.Start(store.Url, "watch", "--json", "--interval", "60");

        // The first count is written when the signal's handler is long there.
        Assert.Contains(
            "\"count\":1",
            await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        // The signal of Ctrl-C is ignored in what a shell has put into the background; this one has the same handler.
        await ProgramRun.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var run = await ProgramRun.EndAsync(process);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
