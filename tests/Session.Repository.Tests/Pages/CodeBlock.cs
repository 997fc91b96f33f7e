using System.Text.RegularExpressions;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>A fenced block of a page.</summary>
internal sealed partial record CodeBlock(string Page, int Line, string Language, string Text)
{
    /// <summary>Where it stands, for a message that can be clicked.</summary>
    public override string ToString() => $"{Page}:{Line}";

    public static IReadOnlyList<string> Pages { get; } = [.. Tree.Files(".", "*.md").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<CodeBlock> Of(string page)
    {
        var text = Tree.Read(page);
        return
        [
            .. Fence()
                .Matches(text)
                .Select(match => new CodeBlock(
                    page,
                    1 + text.AsSpan(0, match.Groups["fence"].Index).Count('\n'),
                    match.Groups["language"].Value,
                    match.Groups["code"].Value
                )),
        ];
    }

    [GeneratedRegex("^(?<fence>```+)(?<language>[a-z]*)\n(?<code>.*?)^\\k<fence>$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
