using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Opening;

/// <summary>Where the URL of a store comes from: the command line, a file, or <c>SESSION_STORE</c>.</summary>
internal static class StoreSource
{
    public const string Variable = "SESSION_STORE";

    /// <param name="given">The text of the command line; <see langword="null"/>: the variable decides.</param>
    /// <param name="around">Has the variable.</param>
    /// <param name="report">Takes the warning about a password on the command line.</param>
    /// <exception cref="ToolException">There is none, or it is no URL.</exception>
    public static StoreAddress Read(string? given, Surroundings around, Report report)
    {
        if ((given ?? around.Variable(Variable)) is not { Length: > 0 } text)
        {
            throw new ToolException(
                $"No store is named. Set {Variable} to its URL, or write --store URL or --store @FILE. A URL is, for example, "
                    + "redis://localhost:6379/0 or sqlite:sessions.db."
            );
        }

        var address = StoreAddress.Parse(text[0] == '@' ? SecretFile.Read(text[1..], "store's URL") : text);
        if (given is not null && given[0] != '@' && address.HasPassword)
        {
            report.Warning(
                $"the password on the command line is visible in the list of processes and in the shell's history. Use {Variable}, or "
                    + "@FILE."
            );
        }

        return address;
    }
}
