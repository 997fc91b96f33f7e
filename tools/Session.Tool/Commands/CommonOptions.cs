using System.CommandLine;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary>The options that say which store a command works on, and how it talks. Every command has them.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Store = new("--store", "-s")
    {
        Description = "The store's URL, or @FILE for a file that holds it. Default: the variable SESSION_STORE.",
        HelpName = "URL|@FILE",
        Recursive = true,
    };

    public static readonly Option<string?> MoveFrom = new("--move-from")
    {
        Description = "During a move: the old store's URL, or @FILE. Sessions of both stores are found and ended, and none is carried.",
        HelpName = "URL|@FILE",
        Recursive = true,
    };

    public static readonly Option<string[]> MoveFromOption = new("--move-from-option")
    {
        Description = "An option of the store of --move-from. May be repeated.",
        HelpName = "NAME=VALUE",
        Recursive = true,
    };

    public static readonly Option<string[]> Provider = new("--provider")
    {
        Description = "The assembly of a store of another project, with its SessionStoreProvider. May be repeated.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string[]> Setting = new("--option")
    {
        Description = "An option of the store by its name: TableName=user_sessions, Prefix=app:. May be repeated.",
        HelpName = "NAME=VALUE",
        Recursive = true,
    };

    public static readonly Option<double> Timeout = new("--timeout")
    {
        Description = "The longest wait for one call of the store, in seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => 10,
        Recursive = true,
    };

    public static readonly Option<bool> PasswordStdin = new("--password-stdin")
    {
        Description = "Read the password of the URL from standard input.",
        Recursive = true,
    };

    public static readonly Option<string?> ProtectionKey = new("--protection-key")
    {
        Description = "The key of encrypted sessions, in a file. Default: the variable SESSION_PROTECTION_KEY.",
        HelpName = "@FILE",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write JSON to stdout, and errors as JSON to stderr.",
        Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "Write no colors. So does NO_COLOR.",
        Recursive = true,
    };

    public static IEnumerable<Option> All =>
        [Store, MoveFrom, MoveFromOption, Provider, Setting, Timeout, PasswordStdin, ProtectionKey, Json, NoColor];

    public static Report ReportOf(ParseResult line, Surroundings around) => new(line.GetValue(Json), around);
}
