using System.CommandLine;

namespace ServerSessions.Tool.Commands;

/// <summary>Makes the commands of the command line.</summary>
internal static class CommandExtensions
{
    /// <summary>Sets what a command takes and does.</summary>
    public static Command Runs(this Command command, Func<Invocation, Task<int>> run, params Symbol[] parts)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case Option option:
                    command.Options.Add(option);
                    break;
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
            }
        }

        command.SetAction(
            async (line, token) =>
            {
                await using var invocation = new Invocation(line, (Surroundings)line.InvocationConfiguration, token);
                return await run(invocation);
            }
        );
        return command;
    }
}
