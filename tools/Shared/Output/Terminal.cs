using System.Text;
using ServerSessions.Conformance;
using Spectre.Console;

namespace ServerSessions.Tools;

/// <summary>
/// The two streams. Colour and progress only where a terminal reads them, and no colour with <c>NO_COLOR</c>; into pipes and files lines go
/// out as long as they are.
/// </summary>
internal static class Terminal
{
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Returns a stream as people read it.</summary>
    /// <param name="writer">The stream.</param>
    /// <param name="isRedirected">Whether no terminal reads it.</param>
    public static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                // What a build server's variables would switch on is decided by the stream alone.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        if (isRedirected)
        {
            console.Profile.Width = short.MaxValue;
        }

        return console;
    }

    public static bool IsInteractive(this IAnsiConsole console) =>
        console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <summary>
    /// Writes a line with a hanging indent if the terminal is too narrow for it. Names and messages come from stores: none of their control
    /// characters reaches the terminal.
    /// </summary>
    /// <param name="console">Where to.</param>
    /// <param name="line">One line.</param>
    /// <param name="indent">How many characters stand before what goes on.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="used">How many characters stand on the line already.</param>
    public static void WriteHanging(this IAnsiConsole console, string line, int indent, Style? style = null, int used = 0)
    {
        line = PrintableText.Of(line);
        var width = console.Profile.Out.IsTerminal ? Math.Max(console.Profile.Width, indent + 20) : int.MaxValue;
        var text = new StringBuilder();
        for (var room = width - used; line.Length > room; room = width)
        {
            // A word that is too long for the rest of the line is cut, as the terminal would, but with the indent.
            var space = line.LastIndexOf(' ', room);
            var (end, next) = space > (room < width ? 0 : indent) ? (space, space + 1) : (room, room);
            text.Append(line, 0, end).Append('\n');
            line = new string(' ', indent) + line[next..];
        }

        console.Write(new ControlledText(text.Append(line).Append('\n').ToString(), style ?? Style.Plain));
    }
}
