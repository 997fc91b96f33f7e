using System.CommandLine;
using Spectre.Console;

namespace ServerSessions.Tool;

/// <summary>What is around a run of the program: its streams, the variables, and whether someone can be asked.</summary>
internal sealed class Surroundings : InvocationConfiguration
{
    /// <summary>Initializes a new instance of the <see cref="Surroundings"/> class.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="canAsk">Whether a person types it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="variable">Returns an environment variable; <see langword="null"/> if it is not set.</param>
    public Surroundings(TextReader input, bool canAsk, IAnsiConsole output, IAnsiConsole error, Func<string, string?> variable)
    {
        (In, CanAsk, Out, Err, Variable) = (input, canAsk, output, error, variable);
        (Output, Error) = (output.Profile.Out.Writer, error.Profile.Out.Writer);

        // Errors and signals are handled by the program, for every command in the same way.
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = null;
    }

    public TextReader In { get; }

    public bool CanAsk { get; }

    public IAnsiConsole Out { get; }

    public IAnsiConsole Err { get; }

    public Func<string, string?> Variable { get; }

    /// <summary>Returns what is around this process.</summary>
    public static Surroundings OfProcess() =>
        new(Console.In, !Console.IsInputRedirected, Terminal.Out, Terminal.Error, Environment.GetEnvironmentVariable);

    /// <summary>Removes the colors from both streams.</summary>
    public void RemoveColors()
    {
        Out.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        Err.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
    }
}
