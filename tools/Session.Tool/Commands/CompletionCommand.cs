using System.CommandLine;

namespace ServerSessions.Tool.Commands;

/// <summary><c>completion</c>: the lines with which a shell asks the tool for the words that may follow.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        // The tool gets the line up to the cursor, without its own name. Without a suggestion, files are suggested.
        ["bash"] = """
            _session_complete() {
                local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
                line="${line#* }"
                COMPREPLY=($(compgen -W "$(session "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _session_complete session
            """,
        ["zsh"] = """
            _session_complete() {
                local line="${LBUFFER#* }"
                local -a found=("${(@f)$(session "[suggest:${#line}]" "$line" 2>/dev/null)}")
                if [[ -n "$found" ]]; then compadd -- "${found[@]}"; else _files; fi
            }
            compdef _session_complete session
            """,
        ["fish"] = """
            function __session_complete
                set -l line (commandline --cut-at-cursor --current-process | string replace -r '^\s*\S+\s' '')
                session "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete --command session --no-files --arguments '(__session_complete)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName session -ScriptBlock {
                param($word, $ast, $cursor)
                $line = $ast.ToString().PadRight($cursor).Substring(0, $cursor) -replace '^\S+\s', ''
                session "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    private static readonly Argument<string> Shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };

    static CompletionCommand() => Shell.AcceptOnlyFromAmong([.. Scripts.Keys]);

    public static Command Create() =>
        new Command("completion", "Print the lines with which a shell completes the commands of this tool.").Runs(RunAsync, Shell);

    private static Task<int> RunAsync(Invocation invocation)
    {
        invocation.Around.Output.WriteLine(Scripts[invocation.Get(Shell)].ReplaceLineEndings("\n"));
        return Task.FromResult(ExitCodes.Success);
    }
}
