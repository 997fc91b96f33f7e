using Spectre.Console;

namespace ServerSessions.Tool.Output;

/// <summary>
/// What the program says. Data goes to stdout, as lines for people or as JSON; everything else goes to stderr. No control character of a
/// store reaches a terminal.
/// </summary>
internal sealed class Report(bool isJson, Surroundings around)
{
    public static readonly Style Plain = Style.Plain;
    public static readonly Style Good = new(Color.Green);
    public static readonly Style Bad = new(Color.Red);
    public static readonly Style Weak = new(Color.Yellow);
    public static readonly Style Faint = new(decoration: Decoration.Dim);
    public static readonly Style Strong = new(decoration: Decoration.Bold);

    public bool IsJson => isJson;

    /// <summary>Whether stderr shows what changes in place, such as a bar.</summary>
    public bool IsLive => !isJson && around.Err.IsInteractive();

    /// <summary>Stderr, for a bar that changes in place.</summary>
    public IAnsiConsole Live => around.Err;

    /// <summary>Writes a line for people to stdout. Does nothing with <c>--json</c>.</summary>
    public void Line(string text, Style? style = null, int indent = 2)
    {
        if (!isJson)
        {
            around.Out.WriteHanging(text, indent, style);
        }
    }

    /// <summary>Writes an object to stdout with <c>--json</c>. Does nothing without it.</summary>
    public void Data<T>(T value)
    {
        if (isJson)
        {
            around.Output.WriteLine(Json.Of(value));
        }
    }

    /// <summary>Writes a remark to stderr. Does nothing with <c>--json</c>.</summary>
    public void Remark(string text)
    {
        if (!isJson)
        {
            around.Err.WriteHanging(text, indent: 2, Faint);
        }
    }

    public void Warning(string text) => Tell("warning", text, Weak);

    public void Error(string text, int exitCode) => Tell("error", text, Bad, isJson ? Json.Of(new { error = text, exitCode }) : null);

    private void Tell(string kind, string text, Style style, string? json = null)
    {
        if (isJson)
        {
            around.Error.WriteLine(json ?? Json.Of(new { warning = text }));
            return;
        }

        var start = kind + ": ";
        around.Err.Write(new ControlledText(start, style));
        around.Err.WriteHanging(text, indent: 2, used: start.Length);
    }
}
