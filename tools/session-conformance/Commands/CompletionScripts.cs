using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>The scripts. They hold all words, so that a shell starts no program to complete one.</summary>
internal static class CompletionScripts
{
    private const string Function = "_session_conformance";

    /// <summary>For bash. A name of a file is the shell's to complete.</summary>
    public static string Bash()
    {
        var text = new StringBuilder(
            $$"""
            {{Function}}() {
              local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=
              COMPREPLY=()
              case $COMP_CWORD:$previous in
                1:*) words='{{Join(CompletionWords.Commands.Select(static command => command.Name))}} --help --version' ;;

            """.ReplaceLineEndings("\n")
        );
        foreach (var (option, values) in CompletionWords.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"    *:--{option}) words='{Join(values)}' ;;\n");
        }

        text.Append("    *) case ${COMP_WORDS[1]}:$current in\n");
        foreach (var (command, settings) in CompletionWords.Commands)
        {
            var options = Join(CompletionWords.OptionsOf(settings).Select(static option => "--" + option));
            text.Append(CultureInfo.InvariantCulture, $"      {command}:-*) words='{options}' ;;\n");
        }

        foreach (var (command, values) in CompletionWords.Arguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"      {command}:*) words='{Join(values)}' ;;\n");
        }

        // Of several values with commas the last one is completed.
        text.Append(
            $$"""
                esac ;;
              esac
              local last=${current##*,}
              COMPREPLY=($(compgen -P "${current%"$last"}" -W "$words" -- "$last"))
            }
            complete -o default -F {{Function}} {{App.Name}}

            """.ReplaceLineEndings("\n")
        );
        return text.ToString();
    }

    /// <summary>For zsh, which runs the script for bash.</summary>
    public static string Zsh() =>
        $"autoload -Uz compinit bashcompinit\n(( ${{+functions[compdef]}} )) || compinit\nbashcompinit\n{Bash()}";

    public static string Fish()
    {
        var text = new StringBuilder();
        Line($"-n __fish_use_subcommand -f -a '{Join(CompletionWords.Commands.Select(static command => command.Name))}'");
        foreach (var (command, settings) in CompletionWords.Commands)
        {
            foreach (var option in CompletionWords.OptionsOf(settings))
            {
                var values = CompletionWords.Values.FirstOrDefault(one => one.Option == option).Values;
                var rest =
                    values is not null ? $" -x -a '{Join(values)}'"
                    : option is "output" ? " -r"
                    : "";
                Line($"-n '__fish_seen_subcommand_from {command}' -l {option}{rest}");
            }
        }

        foreach (var (command, values) in CompletionWords.Arguments)
        {
            Line($"-n '__fish_seen_subcommand_from {command}' -f -a '{Join(values)}'");
        }

        return text.ToString();

        void Line(string arguments) => text.Append(CultureInfo.InvariantCulture, $"complete -c {App.Name} {arguments}\n");
    }

    private static string Join(IEnumerable<string> words) => string.Join(' ', words);
}
