using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.File.Tests;

public sealed class CrashTests(ITestOutputHelper output)
{
    /// <summary>How often the writer is killed: 200 times in a long run, or as SESSION_TEST_KILLS says.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("SESSION_TEST_KILLS")
            ?? (Environment.GetEnvironmentVariable("SESSION_TRUST") == "long" ? "200" : "20"),
        CultureInfo.InvariantCulture
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_process_loses_nothing_that_it_had_acknowledged()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var folder = new TestFolder();
        var acknowledged = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await WriteUntilKilledAsync(folder.Path, $"run{kill}", acknowledged, random.Next(1, 60));
        }

        // After any kill: no file that has a session's name is torn.
        var orphans = folder.Names.Count(static name => name.EndsWith(".tmp", StringComparison.Ordinal));
        var logger = new SignallingLogger();
        await using var store = Reader(folder, logger);
        var whole = 0;
        await foreach (var entry in store.AllAsync(Cancel))
        {
            whole++;
            Assert.Equal(Payload(entry.Sid), Encoding.UTF8.GetString(entry.Record.Payload.Span));
        }

        Assert.Equal(0, logger.Count("Unreadable"));
        foreach (var sid in acknowledged)
        {
            var read = await store.GetAsync(sid, Cancel);
            Assert.True(read is not null, $"An acknowledged session is lost; seed {seed}.");
            Assert.Equal(Payload(sid), Encoding.UTF8.GetString(read.Payload.Span));
        }

        await store.PruneAsync(1, Cancel);
        Assert.DoesNotContain(folder.Names, static name => name.EndsWith(".tmp", StringComparison.Ordinal));
        output.WriteLine(
            $"{acknowledged.Count} acknowledged of {whole} whole sessions after {Kills} kills; {orphans} temporary files left over, "
                + $"all removed"
        );
    }

    // The writer's clock is the real one: its sessions live for some time from now.
    private static FileSessionStore Reader(TestFolder folder, SignallingLogger logger) =>
        new(
            new FileSessionStoreOptions
            {
                Path = folder.Path,
                OperationTimeout = TimeSpan.FromSeconds(30),
                DefaultLifetime = TimeSpan.FromHours(1),
            },
            logger: logger
        );

    private static string Payload(string sid) => $$$"""{"cookie":{},"id":"{{{sid}}}","filling":"{{{new string('x', 64 * 1024)}}}"}""";

    private static async Task WriteUntilKilledAsync(string file, string prefix, List<string> acknowledged, int lines)
    {
        var process = CrashWriter.Start("write", file, prefix);
        try
        {
            for (var i = 0; i < lines; i++)
            {
                var sid = await process.StandardOutput.ReadLineAsync(Cancel);
                Assert.True(sid is not null, "The writer ended by itself.");
                acknowledged.Add(sid);
            }

            process.Kill();

            // What it had printed until then was acknowledged too. The last line may be cut.
            var rest = await process.StandardOutput.ReadToEndAsync(Cancel);
            acknowledged.AddRange(rest.Split('\n')[..^1]);
        }
        finally
        {
            CrashWriter.End(process);
        }
    }
}
