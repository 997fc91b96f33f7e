namespace ServerSessions.Conformance.Tool.Tests;

/// <summary><c>completion</c>: the scripts in the shells that read them.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("session-conformance ex", "explain")]
    [InlineData("session-conformance matr", "matrix")]
    [InlineData("session-conformance --ver", "--version")]
    [InlineData("session-conformance explain TCH-0", "TCH-01 TCH-02 TCH-03 TCH-04 TCH-05 TCH-06 TCH-07 TCH-09")]
    [InlineData("session-conformance explain SP", "SPC SPC-01 SPC-02")]
    [InlineData("session-conformance list --level re", "required recommended")]
    [InlineData("session-conformance run a.dll --level required,rec", "required,recommended")]
    [InlineData("session-conformance run a.dll --report md,j", "md,json md,junit")]
    [InlineData("session-conformance run a.dll --se", "--seed --search")]
    [InlineData("session-conformance matrix a.json --o", "--output")]
    [InlineData("session-conformance completion ", "bash zsh fish")]
    [InlineData("session-conformance run bin/", "")]
    public async Task Bash_completes(string line, string words)
    {
        var script = (await ToolProcess.RunAsync("completion", "bash")).Output;
        var run = await InShellAsync(
            "bash",
            $"{script}COMP_WORDS=({Words(line)}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
                + "_session_conformance; echo \"${COMPREPLY[*]}\""
        );

        Assert.Equal((words + "\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task Bash_completes_names_of_files_where_no_word_fits()
    {
        var script = (await ToolProcess.RunAsync("completion", "bash")).Output;
        var run = await InShellAsync("bash", script + "complete -p session-conformance");

        Assert.Equal(("complete -o default -F _session_conformance session-conformance\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task Every_command_and_every_option_that_the_help_lists_is_completed()
    {
        var script = (await ToolProcess.RunAsync("completion", "bash")).Output;
        var commands = NamesIn((await ToolProcess.RunAsync("--help")).Output, "COMMANDS:", "").ToArray();
        Assert.Equal(["run", "list", "explain", "matrix", "completion"], commands);
        Assert.Contains($"words='{string.Join(' ', commands)} --help --version'", script, StringComparison.Ordinal);
        foreach (var command in commands)
        {
            var line = Assert.Single(script.Split('\n'), line => line.StartsWith($"      {command}:-*)", StringComparison.Ordinal));
            foreach (var option in NamesIn((await ToolProcess.RunAsync(command, "--help")).Output, "OPTIONS:", "--"))
            {
                Assert.Contains(option, line, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Zsh_completes()
    {
        using var folder = new TempFolder();
        var script = folder.File("completion.zsh");
        await File.WriteAllTextAsync(
            script,
            (await ToolProcess.RunAsync("completion", "zsh")).Output,
            TestContext.Current.CancellationToken
        );

        // A shell in a terminal, with a Tab. What it was told to say when it is ready is not what it echoes.
        var run = await InShellAsync(
            "zsh",
            $$"""
            zmodload zsh/zpty
            zpty shell "zsh -f -i"
            zpty -w shell "autoload -Uz compinit; compinit -D -u; source '{{script}}'; echo read''y"
            zpty -r -m shell seen '*ready*'
            zpty -w -n shell $'session-conformance explain SPC-0\t'
            zpty -r -m shell seen '*SPC-01*SPC-02*' && echo completed
            zpty -d shell
            """
        );

        Assert.Equal(("completed\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task Fish_completes()
    {
        var script = (await ToolProcess.RunAsync("completion", "fish")).Output;
        var run = await InShellAsync(
            "fish",
            script
                + "complete -C 'session-conformance ex'\ncomplete -C 'session-conformance explain SP'\n"
                + "complete -C 'session-conformance run a.dll --level opt'\ncomplete -C 'session-conformance run a.dll --see'\n"
        );

        Assert.Equal(("explain\nSPC\nSPC-01\nSPC-02\noptional\n--seed\n", ""), (run.Output, run.Error));
    }

    private static string Words(string line) => string.Join(' ', line.Split(' ').Select(static word => word.Length == 0 ? "''" : word));

    private static IEnumerable<string> NamesIn(string help, string section, string start) =>
        help[help.IndexOf(section, StringComparison.Ordinal)..]
            .Split('\n')
            .Skip(1)
            .TakeWhile(static line => line.StartsWith(' '))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(words =>
                start.Length == 0 ? words.Take(1) : words.Where(word => word.StartsWith(start, StringComparison.Ordinal)).Take(1)
            );

    private static Task<ProgramRun> InShellAsync(string shell, string script)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(Array.Exists(folders, folder => File.Exists(Path.Combine(folder, shell))), $"There is no {shell} on the path.");
        return ProgramRun.RunAsync(shell, shell == "bash" ? ["--noprofile", "--norc", "-c", script] : ["-c", script]);
    }
}
