using System.Diagnostics;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>
/// <c>mongodb+srv</c>, with a DNS server of the test's own in a child process whose <c>/etc/resolv.conf</c> is its own too.
/// </summary>
public sealed class SrvTests(ITestOutputHelper output)
{
    // No other DNS server on this machine listens there.
    private const string DnsAddress = "127.77.53.1";

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_servers_are_those_that_DNS_names_and_messages_show_the_name_that_was_looked_up()
    {
        var said = await RunAsync("mongodb+srv://cluster0.test.example/app?tls=false");
        Assert.Contains("started", said, StringComparison.Ordinal);
        Assert.Contains("kept", said, StringComparison.Ordinal);
        Assert.Contains("of the database 'app' at cluster0.test.example.", said, StringComparison.Ordinal);
        Assert.DoesNotContain(":53", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_that_DNS_holds_are_respected()
    {
        var right = await RunAsync("mongodb+srv://cluster0.test.example/app?tls=false", replicaSet: "rs0", text: "replicaSet=rs0");
        Assert.Contains("kept", right, StringComparison.Ordinal);

        // The server is not of the set that is asked for, and so none is found.
        var wrong = await RunAsync(
            "mongodb+srv://cluster0.test.example/app?tls=false",
            replicaSet: "rs0",
            text: "replicaSet=rs9&authSource=admin",
            isFound: false
        );
        Assert.Contains("started", wrong, StringComparison.Ordinal);
        Assert.Contains("could not be reached when the application started", wrong, StringComparison.Ordinal);
        Assert.Contains("SessionStoreUnavailableException", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_DNS_may_not_hold_stop_the_start_with_the_reason()
    {
        var said = await RunAsync("mongodb+srv://cluster0.test.example/app?tls=false", text: "tls=false");
        Assert.DoesNotContain("started", said, StringComparison.Ordinal);
        Assert.Contains("SessionStoreException", said, StringComparison.Ordinal);
        Assert.Contains("the connection string and the server do not go together", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_DNS_does_not_know_is_a_warning_at_start()
    {
        var said = await RunAsync("mongodb+srv://ada:very-secret@nowhere.test.example/app?tls=false", isFound: false);
        Assert.Contains("started", said, StringComparison.Ordinal);
        Assert.Contains("could not be reached when the application started", said, StringComparison.Ordinal);
        Assert.Contains("SessionStoreUnavailableException", said, StringComparison.Ordinal);
        Assert.Contains("at nowhere.test.example:", said, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", said, StringComparison.Ordinal);
    }

    /// <param name="url">The store's.</param>
    /// <param name="replicaSet">What the server says it is of.</param>
    /// <param name="text">The TXT record.</param>
    /// <param name="isFound">Whether the server is to be found: then a busy machine may take its time, and else a call need not wait
    /// long.</param>
    private async Task<string> RunAsync(string url, string replicaSet = "", string text = "", bool isFound = true)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "A DNS server for one process takes root on Linux: port 53, and a mount of its own."
        );
        Assert.SkipUnless(File.Exists("/usr/bin/unshare"), "unshare is not installed.");
        var resolver = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(resolver, $"nameserver {DnsAddress}\noptions timeout:1 attempts:1\n", Cancel);
            using var probe = Start("true", resolver);
            await probe.WaitForExitAsync(Cancel);
            Assert.SkipUnless(probe.ExitCode == 0, "A mount namespace cannot be made here (unshare, mount).");

            using var host = Start(
                "\"$@\"",
                resolver,
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                Path.Combine(AppContext.BaseDirectory, "Session.Stores.Mongo.SrvHost.dll"),
                DnsAddress,
                url,
                replicaSet,
                text,
                isFound ? "60" : "2"
            );
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(AtMost);
            try
            {
                var errors = host.StandardError.ReadToEndAsync(patience.Token);
                var said = await host.StandardOutput.ReadToEndAsync(patience.Token) + await errors;
                await host.WaitForExitAsync(patience.Token);
                output.WriteLine(said);
                return said;
            }
            catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
            {
                host.Kill(entireProcessTree: true);
                throw new TimeoutException($"The host did not end within {AtMost}.");
            }
        }
        finally
        {
            File.Delete(resolver);
        }
    }

    /// <summary>Runs a shell command with arguments in a mount namespace whose <c>/etc/resolv.conf</c> is the given file.</summary>
    private static Process Start(string command, string resolver, params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(
                "unshare",
                ["-m", "sh", "-c", $"mount --bind \"$1\" /etc/resolv.conf && shift && exec {command}", "sh", resolver, .. arguments]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
