using System.Text.RegularExpressions;
using ServerSessions.Testing;

namespace ServerSessions.Stores.File.Tests;

/// <summary>What reaches the disk before a write is acknowledged, as the kernel sees it.</summary>
public sealed partial class DurabilityTests
{
    private const string Calls = "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,fallocate";
    private const string Program = "Session.Stores.File.CrashWriter.dll";

    [Fact]
    public async Task With_Durable_the_file_is_flushed_before_it_has_its_name_and_the_folder_after_it_and_after_a_session_was_destroyed()
    {
        await using var folder = new TestFolder();
        var calls = await TraceAsync("durable", folder);
        Assert.Collection(
            calls,
            call => Assert.Matches("^fsync\\([0-9]+<.*/sessions/\\.[0-9a-f]{2}-[0-9a-f]{32}\\.tmp>\\)", call),
            call => Assert.Matches("^rename.*\\.tmp\".*/sessions/count\\.json\"", call),
            call => Assert.Matches("^fsync\\([0-9]+<.*/sessions>\\)", call),
            call => Assert.Matches("^unlink.*/sessions/count\\.json\"", call),
            call => Assert.Matches("^fsync\\([0-9]+<.*/sessions>\\)", call)
        );
    }

    [Fact]
    public async Task Without_Durable_nothing_is_flushed()
    {
        await using var folder = new TestFolder();
        Assert.Collection(
            await TraceAsync("plain", folder),
            call => Assert.Matches("^rename.*\\.tmp\".*/sessions/count\\.json\"", call),
            call => Assert.Matches("^unlink.*/sessions/count\\.json\"", call)
        );
    }

    [Fact]
    public async Task The_name_of_a_file_that_is_being_written_cannot_be_guessed_and_no_two_processes_take_the_same()
    {
        await using var folder = new TestFolder();
        var names = new List<string>();
        for (var process = 0; process < 2; process++)
        {
            var own = (await TraceAsync("many", folder))
                .Where(static call => call.StartsWith("rename", StringComparison.Ordinal))
                .Select(static call => Temporary().Match(call))
                .Select(static match => match.Success ? match.Groups["random"].Value : "no random name")
                .ToList();
            Assert.Equal(20, own.Count);
            Assert.NotEqual(own.Order(StringComparer.Ordinal), own);
            names.AddRange(own);
        }

        Assert.All(names, static name => Assert.Equal(32, name.Length));
        Assert.Equal(names.Count, names.Distinct().Count());

        // Of random digits each place shows most of its sixteen in forty names: a counter, or a part that stays, shows one or two.
        Assert.All(Enumerable.Range(0, 32), place => Assert.InRange(names.Select(name => name[place]).Distinct().Count(), 5, 16));
    }

    private static async Task<List<string>> TraceAsync(string mode, TestFolder folder) =>
        [.. (await Strace.RunAsync(Calls, Program, mode, folder.Path)).Where(call => call.Contains(folder.Path, StringComparison.Ordinal))];

    [GeneratedRegex("/\\.[0-9a-f]{2}-(?<random>[0-9a-f]*)\\.tmp\"")]
    private static partial Regex Temporary();
}
