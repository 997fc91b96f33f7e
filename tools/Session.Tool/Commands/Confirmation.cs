using System.CommandLine;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary>Asks before something is removed. Without a terminal it never asks: the flag must have been given.</summary>
internal static class Confirmation
{
    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and change nothing." };

    /// <summary>Asks for yes or no.</summary>
    /// <exception cref="ToolException">The user has not confirmed.</exception>
    public static Task AskAsync(Invocation invocation, string question) =>
        AskAsync(invocation, $"{question} [y/N] ", static reply => reply.Trim().ToUpperInvariant() is "Y" or "YES");

    /// <summary>Asks for a text to be typed.</summary>
    /// <exception cref="ToolException">The user has not confirmed.</exception>
    public static Task AskToTypeAsync(Invocation invocation, string question, string text) =>
        AskAsync(invocation, $"{question} Type '{PrintableText.Line(text)}' to go on: ", reply => reply.Trim() == text);

    private static async Task AskAsync(Invocation invocation, string prompt, Predicate<string> isYes)
    {
        if (invocation.Get(Yes))
        {
            return;
        }

        var around = invocation.Around;
        if (!around.CanAsk || invocation.Report.IsJson)
        {
            throw new ToolException("Nothing was changed: there is no terminal to ask on. Write --yes to confirm.", ExitCodes.NotConfirmed);
        }

        await around.Error.WriteAsync(prompt);

        // The read cannot be cancelled; the process ends without it.
        var reply = await Task.Run(around.In.ReadLine, CancellationToken.None).WaitAsync(invocation.Token);
        if (reply is null || !isYes(reply))
        {
            throw new ToolException("Not confirmed. Nothing was changed.", ExitCodes.NotConfirmed);
        }
    }
}
