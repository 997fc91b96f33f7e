namespace ServerSessions.Tool.Tests;

/// <summary>What a shell is told, and what it makes of it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("co", "completion", "copy", "count")]
    [InlineData("copy --over", "--overwrite")]
    [InlineData("completion ", "bash", "fish", "pwsh", "zsh")]
    public async Task The_words_that_may_follow_are_suggested(string line, params string[] words)
    {
        var run = await Tool.RunAsync(null, $"[suggest:{line.Length}]", line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(words, run.Lines.Intersect(words));
        Assert.DoesNotContain("doctor", run.Lines);
    }

    [Theory]
    [InlineData("session do", "doctor")]
    [InlineData("session copy sqlite:a.db --over", "--overwrite")]
    public async Task Bash_completes_commands_and_options(string line, string word)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash is not installed.");
        var script = $$"""
            session() { dotnet '{{Tool.Program}}' "$@"; }
            eval "$(session completion bash)"
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _session_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        var run = await ProgramRun.RunAsync("/bin/bash", ["-c", script]);

        Assert.Equal((0, word + "\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_shell_without_a_script_is_refused()
    {
        var run = await Tool.RunAsync(null, "completion", "tcsh");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("'bash'", run.Error, StringComparison.Ordinal);
    }
}
