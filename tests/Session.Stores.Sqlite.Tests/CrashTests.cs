using System.Globalization;
using System.Text;

namespace ServerSessions.Stores.Sqlite.Tests;

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
        await using var database = new TestDatabase();
        var acknowledged = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await WriteUntilKilledAsync(database.File, $"run{kill}", acknowledged, random.Next(1, 400));
            Assert.Equal("ok", database.Query("PRAGMA integrity_check"));
        }

        // The writer's clock is the real one: its sessions live for a day from now.
        await using var store = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = database.File });
        foreach (var sid in acknowledged)
        {
            var read = await store.GetAsync(sid, Cancel);
            Assert.True(read is not null, $"An acknowledged session is lost; seed {seed}.");
            Assert.Equal($$$"""{"cookie":{},"id":"{{{sid}}}"}""", Encoding.UTF8.GetString(read.Payload.Span));
        }

        output.WriteLine($"{acknowledged.Count} acknowledged sessions after {Kills} kills");
    }

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
