using System.Diagnostics;

namespace ServerSessions.Testing;

/// <summary>What a program has written, and its exit code. Line ends are those of Unix.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    // Ten times what the slowest takes on a busy machine; a run that hangs is a failure, not a wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public string[] Lines => Output.Split('\n');

    /// <summary>Runs a program to its end, as its user starts it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables; <see langword="null"/> removes one.</param>
    /// <param name="input">What it reads from standard input.</param>
    public static async Task<ProgramRun> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string input = ""
    )
    {
        using var process = Start(program, arguments, environment, input);
        return await EndAsync(process);
    }

    /// <summary>Waits until a program has ended, and ends it if it takes too long.</summary>
    public static async Task<ProgramRun> EndAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(Limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new ProgramRun(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public static Process Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string input = ""
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs a line of the shell in a terminal of 80 columns. Skips the test if the machine cannot.</summary>
    /// <param name="line">The line.</param>
    /// <param name="environment">Variables.</param>
    /// <param name="input">What is typed.</param>
    /// <returns>What the terminal shows, and the exit code.</returns>
    public static Task<ProgramRun> InTerminalAsync(string line, Dictionary<string, string?>? environment = null, string input = "")
    {
        // script gives a program a terminal and passes on what it writes there.
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script (util-linux) is not installed.");
        return RunAsync(
            "/usr/bin/script",
            ["--quiet", "--return", "--command", $"stty cols 80 rows 40; {line}", "/dev/null"],
            new Dictionary<string, string?>(environment ?? []) { ["TERM"] = "xterm-256color" },
            input
        );
    }
}
