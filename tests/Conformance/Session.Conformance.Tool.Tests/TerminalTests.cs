namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>Colour and progress are for terminals; pipes and files get plain lines.</summary>
public sealed class TerminalTests
{
    private const char Escape = '\e';

    [Fact]
    public async Task A_pipe_gets_no_colour_and_whole_lines_whatever_the_environment_says()
    {
        var environment = new Dictionary<string, string?>
        {
            ["TERM"] = "xterm-256color",
            ["COLORTERM"] = "truecolor",
            ["GITHUB_ACTIONS"] = "true",
            ["COLUMNS"] = "40",
        };
        var run = await ProgramRun.RunAsync(
            "dotnet",
            [ToolProcess.Program, "run", ToolProcess.Harnesses, "--harness", "ForgetfulHarness", "--case", "NFD"],
            environment
        );

        Assert.DoesNotContain(Escape, run.Output);
        Assert.Contains(
            "  usual cause: KeyNotFoundException, IOException or a SessionStoreException stands for absence: consumers take those for "
                + "trouble\n",
            run.Output,
            StringComparison.Ordinal
        );
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

    [Fact]
    public async Task What_a_store_says_reaches_neither_pipe_nor_file_as_a_command()
    {
        using var folder = new TempFolder();
        var run = await ToolProcess.RunHarnessAsync(
            "CommandingHarness",
            "--case",
            "GSD",
            "--report",
            "md,json,junit,badge",
            "--output",
            folder.Path
        );
        var files = Directory.GetFiles(folder.Path);
        var matrix = await ToolProcess.RunAsync("matrix", folder.File("*.json"));
        var broken = await ToolProcess.RunHarnessAsync("CommandingAtStartHarness");

        Assert.Equal((1, 0, 3, 4), (run.ExitCode, matrix.ExitCode, broken.ExitCode, files.Length));
        Assert.Contains(@"Command\u001b]0;title\u0007 ing\u009b31m (\u001b[2J\u202e): kit ", run.Output, StringComparison.Ordinal);
        Assert.Contains(@"\u001b[31m\u0007", broken.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  repeat:      reboot", run.Output, StringComparison.Ordinal);
        Assert.All([run.Output, run.Error, matrix.Output, matrix.Error, broken.Error, .. files.Select(File.ReadAllText)], AssertPlain);
    }

    [Fact]
    public async Task What_a_store_says_reaches_the_terminal_as_text()
    {
        var output = await InTerminalAsync(
            new Dictionary<string, string?> { ["NO_COLOR"] = "1" },
            "--harness CommandingHarness --case GSD"
        );

        // What is left of escapes is the tool's own bar.
        Assert.Contains(@"Command\u001b]0;title\u0007 ing", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e]0;", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[31m", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[2J", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\a', output);
        Assert.DoesNotContain('\u009b', output);
        Assert.DoesNotContain('\u202e', output);
    }

    [Theory]
    [InlineData("matrix", "\e[31m.json")]
    [InlineData("run", "\e[31m.dll")]
    [InlineData("explain", "\e[31m")]
    [InlineData("run", "{harnesses}", "--harness", "\e[31m")]
    [InlineData("run", "{harnesses}", "--harness", "SoundHarness", "--case", "\e[31m")]
    [InlineData("list", "--level", "\e[31m")]
    [InlineData("\e[31m")]
    public async Task What_is_wrong_on_the_command_line_is_named_in_plain_text(params string[] arguments)
    {
        var run = await ToolProcess.RunAsync([
            .. arguments.Select(static argument => argument.Replace("{harnesses}", ToolProcess.Harnesses, StringComparison.Ordinal)),
        ]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(@"\u001b[31m", run.Error, StringComparison.Ordinal);
        AssertPlain(run.Output);
        AssertPlain(run.Error);
    }

    private static void AssertPlain(string text) =>
        Assert.DoesNotContain(text, static c => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u2028' or '\u202e');

    private static async Task<string> InTerminalAsync(
        Dictionary<string, string?> environment,
        string arguments = "--harness ForgetfulHarness --case NFD"
    )
    {
        var run = await ProgramRun.InTerminalAsync(
            $"dotnet '{ToolProcess.Program}' run '{ToolProcess.Harnesses}' {arguments}",
            environment
        );
        Assert.Equal(1, run.ExitCode);
        return run.Output;
    }
}
