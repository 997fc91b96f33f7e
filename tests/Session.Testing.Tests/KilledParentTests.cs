using System.Diagnostics;
using System.Globalization;

namespace ServerSessions.Testing.Tests;

public sealed class KilledParentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Servers_end_with_a_killed_parent_and_leave_no_folder()
    {
        foreach (var program in (string[])["redis-server", "postgres", "mariadbd"])
        {
            Assert.SkipWhen(Programs.WhyUnavailable(program) is not null, Programs.WhyUnavailable(program) ?? "");
        }

        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Session.Testing.Killed.dll")]
        );
        start.RedirectStandardOutput = true;
        using var parent = Process.Start(start)!;
        var servers = new[] { await ServerAsync(parent), await ServerAsync(parent), await ServerAsync(parent) };
        Assert.All(servers, static server => Assert.True(Path.Exists($"/proc/{server.Id}") && Directory.Exists(server.Folder)));
        // A frozen one too.
        ProcessTree.Freeze(servers[0].Id);

        parent.Kill();

        var started = Stopwatch.GetTimestamp();
        while (servers.Any(static server => IsRunning(server.Id) || Directory.Exists(server.Folder)))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "A server or its folder has outlived its parent.");
            await Task.Delay(50);
        }
    }

    private static async Task<(int Id, string Folder)> ServerAsync(Process parent)
    {
        var line = await parent.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The program has ended.");
        var parts = line.Split(' ');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
    }

    // A process that has ended, but that no parent has waited for, does not count.
    private static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
