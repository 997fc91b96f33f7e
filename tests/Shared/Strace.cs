using System.Diagnostics;

namespace ServerSessions.Testing;

/// <summary>
/// Runs a .NET program under strace: what it asks of the kernel is the only witness of what it flushes, short of cutting the power.
/// </summary>
internal static class Strace
{
    /// <summary>Runs a program beside the tests to its end; ends the asking test as skipped where it cannot be traced.</summary>
    /// <param name="calls">The system calls that are wanted, with commas.</param>
    /// <param name="program">The name of the assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The calls that succeeded, in their order, each with its arguments; a descriptor with its path.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(string calls, string program, params string[] arguments) =>
        [.. (await RunByThreadAsync(calls, program, arguments)).Select(static call => call.Call)];

    /// <summary>The same, each call with the number of its thread.</summary>
    public static async Task<IReadOnlyList<(string Thread, string Call)>> RunByThreadAsync(
        string calls,
        string program,
        params string[] arguments
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "strace is Linux'.");
        Assert.SkipUnless(
            await TryAsync(["-o", "/dev/null", "true"]),
            "strace is not installed, or may not trace here (eng/install-test-servers.sh installs it)."
        );
        var trace = Path.GetTempFileName();
        try
        {
            var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            Assert.True(
                await TryAsync([
                    "-f",
                    "-y",
                    "-s",
                    "4096",
                    "-e",
                    $"trace={calls}",
                    "-e",
                    "signal=none",
                    "-o",
                    trace,
                    dotnet,
                    Path.Combine(AppContext.BaseDirectory, program),
                    .. arguments,
                ])
            );
            return Calls(await File.ReadAllLinesAsync(trace));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    /// <summary>A call during which another thread made one stands in two lines: it counts where it ended.</summary>
    private static List<(string Thread, string Call)> Calls(IEnumerable<string> lines)
    {
        const string Unfinished = " <unfinished ...>";
        var begun = new Dictionary<string, string>();
        var calls = new List<(string Thread, string Call)>();
        foreach (var line in lines)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, call) = (line[..space], line[space..].Trim());
            if (call.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun[thread] = call[..^Unfinished.Length];
                continue;
            }

            if (call.StartsWith("<... ", StringComparison.Ordinal) && begun.Remove(thread, out var beginning))
            {
                call = beginning + call[(call.IndexOf("resumed>", StringComparison.Ordinal) + "resumed>".Length)..];
            }

            if (call.EndsWith("= 0", StringComparison.Ordinal))
            {
                calls.Add((thread, call));
            }
        }

        return calls;
    }

    private static async Task<bool> TryAsync(IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("strace", arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
            )!;
            var output = process.StandardOutput.ReadToEndAsync();
            await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
