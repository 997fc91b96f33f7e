namespace ServerSessions.Testing.Tests;

public sealed class ServerProcessTests
{
    private const int Servers = 40;

    [Fact]
    public async Task Many_start_at_the_same_time_each_with_its_own_port_folder_and_process()
    {
        // A program that writes at once: its first line must not be taken for the process id.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Child processes are started on Linux only.");
        var program = new ServerProgram
        {
            File = "/bin/sh",
            Arguments = static (port, _) => ["-c", "echo first; echo second; sleep 1000", $"{port}"],
            IsReadyAsync = static (_, _) => Task.FromResult(true),
        };

        var servers = await Task.WhenAll(Enumerable.Range(0, Servers).Select(_ => ServerProcess.StartAsync(program)));

        try
        {
            Assert.Equal(Servers, servers.Select(static server => server.ProcessId).Distinct().Count());
            Assert.Equal(Servers, servers.Select(static server => server.Folder).Distinct().Count());
            await Task.WhenAll(servers.Select(WroteAsync));
            Assert.All(servers, static server =>
                Assert.StartsWith(
                    "/bin/sh\0-c\0echo first",
                    File.ReadAllText($"/proc/{server.ProcessId}/cmdline"),
                    StringComparison.Ordinal
                )
            );
        }
        finally
        {
            await Task.WhenAll(servers.Select(static server => server.DisposeAsync().AsTask()));
        }

        // Once more does no harm.
        await servers[0].DisposeAsync();

        Assert.All(servers, static server => Assert.False(server.IsRunning || Directory.Exists(server.Folder)));
    }

    /// <summary>Waits for the program's last line: until then its process may still be the shell that becomes it.</summary>
    private static async Task WroteAsync(ServerProcess server)
    {
        while (!server.Output.Contains("second", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }
}
