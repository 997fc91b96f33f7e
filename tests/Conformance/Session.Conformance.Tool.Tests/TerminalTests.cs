namespace Session.Conformance.Tool.Tests;

/// <summary>Colour and progress are for terminals; pipes and files get plain lines.</summary>
public sealed class TerminalTests
{
    private const char Escape = '\e';

    [Fact]
    public async Task A_pipe_gets_no_colour_and_whole_lines_whatever_the_environment_says()
    {
        var environment = new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["COLORTERM"] = "truecolor", ["GITHUB_ACTIONS"] = "true", ["COLUMNS"] = "40" };
        var run = await ToolProcess.RunAsync("dotnet", [ToolProcess.Program, "run", ToolProcess.Harnesses, "--harness", "ForgetfulHarness", "--case", "NFD"], environment);

        Assert.DoesNotContain(Escape, run.Output);
        Assert.Contains("  usual cause: KeyNotFoundException, IOException or a SessionStoreException stands for absence: consumers take those for trouble\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_gets_colour_and_a_bar_and_lines_that_hang_below_their_beginning()
    {
        var output = await InTerminalAsync([]);

        Assert.Contains("\e[38;5;9mDoes not conform: NFD-01 failed.", output, StringComparison.Ordinal);
        Assert.Contains("━", output, StringComparison.Ordinal);
        Assert.Contains("\n               stands for absence: consumers take those for trouble\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NO_COLOR_is_honoured()
    {
        var output = await InTerminalAsync(new Dictionary<string, string?> { ["NO_COLOR"] = "1" });

        Assert.DoesNotContain("\e[38;5;", output, StringComparison.Ordinal);
        Assert.Contains("Does not conform: NFD-01 failed.", output, StringComparison.Ordinal);
    }

    // script gives a program a terminal and passes on what it writes there.
    private static async Task<string> InTerminalAsync(Dictionary<string, string?> environment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script (util-linux) is not installed.");
        environment.Add("TERM", "xterm-256color");
        var command = $"stty cols 80 rows 40; dotnet '{ToolProcess.Program}' run '{ToolProcess.Harnesses}' --harness ForgetfulHarness --case NFD";
        var run = await ToolProcess.RunAsync("/usr/bin/script", ["--quiet", "--return", "--command", command, "/dev/null"], environment);
        Assert.Equal(1, run.ExitCode);
        return run.Output;
    }
}
