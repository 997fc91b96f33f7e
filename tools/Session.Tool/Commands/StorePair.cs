using System.CommandLine;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary>The two stores of <c>copy</c> and <c>move</c>.</summary>
internal static class StorePair
{
    public static readonly Argument<string> From = new("from") { Description = "The store that has the sessions.", HelpName = "FROM" };

    public static readonly Argument<string> To = new("to")
    {
        Description = "The store that gets them. What is missing there is created.",
        HelpName = "TO",
    };

    public static readonly Option<string[]> FromOption = new("--from-option")
    {
        Description = "An option of the store FROM. May be repeated.",
        HelpName = "NAME=VALUE",
    };

    public static readonly Option<string[]> ToOption = new("--to-option")
    {
        Description = "An option of the store TO. May be repeated.",
        HelpName = "NAME=VALUE",
    };

    /// <exception cref="ToolException">Both are the same store, or an option is for neither.</exception>
    public static (StoreAddress From, StoreAddress To) Of(Invocation invocation)
    {
        var (from, to) = (invocation.Address(invocation.Get(From)), invocation.Address(invocation.Get(To)));
        if (Place(from.Url, invocation, FromOption) == Place(to.Url, invocation, ToOption))
        {
            throw new ToolException("FROM and TO are the same store.");
        }

        if (invocation.Get(CommonOptions.Setting) is { Length: > 0 })
        {
            throw new ToolException("This command has two stores. Write --from-option or --to-option in place of --option.");
        }

        return (from, to);
    }

    /// <summary>A URL with its options: what tells two places of one server apart.</summary>
    public static string Place(string url, Invocation invocation, Option<string[]> options) =>
        string.Join('\n', [url, .. (invocation.Get(options) ?? []).Order(StringComparer.Ordinal)]);
}
