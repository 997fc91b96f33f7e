namespace ServerSessions.Tool.Tests;

/// <summary>The help of each command stands in <c>Help</c>. <c>SESSION_UPDATE_GENERATED=1</c> rewrites it.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("ls")]
    [InlineData("show")]
    [InlineData("count")]
    [InlineData("users")]
    [InlineData("end")]
    [InlineData("clear")]
    [InlineData("prune")]
    [InlineData("watch")]
    [InlineData("doctor")]
    [InlineData("copy")]
    [InlineData("move")]
    [InlineData("completion")]
    public async Task The_help_of_a_command_is_the_one_that_was_reviewed(string command)
    {
        var run = await Tool.RunProcessAsync(null, command.Length == 0 ? ["--help"] : [command, "--help"]);
        var name = $"{(command.Length == 0 ? "session" : command)}.txt";
        var text = string.Join('\n', run.Lines.Select(static line => line.TrimEnd())).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("SESSION_UPDATE_GENERATED") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(Tool.HelpFolder, name), text, TestContext.Current.CancellationToken);
        }

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Tool.HelpFolder, name), TestContext.Current.CancellationToken), text);
    }
}
