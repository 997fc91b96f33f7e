using System.Text.RegularExpressions;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>A link that names a heading leads to it.</summary>
public sealed partial class HeadingLinkTests
{
    [Fact]
    public void Every_link_to_a_heading_leads_to_one()
    {
        var links =
            from page in CodeBlock.Pages
            from Match link in Link().Matches(Fence().Replace(Tree.Read(page), ""))
            let path = link.Groups["path"].Value
            where !path.Contains("://", StringComparison.Ordinal)
            let target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path)
            select (page, target, heading: link.Groups["heading"].Value);
        var found = links.ToList();

        Assert.NotEmpty(found);
        Assert.All(found, static link => Assert.Contains(link.heading, Headings(link.target)));
    }

    [Fact]
    public void The_list_at_the_top_of_the_promises_has_each_section_once_in_its_order()
    {
        const string page = "docs/guarantees.md";
        var top = Tree.Read(page).Split("\n## ")[0];
        var listed = top.Split('\n').Where(static line => line.StartsWith("- ", StringComparison.Ordinal));

        Assert.Equal(
            Headings(page).Skip(1),
            Link().Matches(string.Join('\n', listed)).Select(static link => link.Groups["heading"].Value)
        );
    }

    [Fact]
    public void The_name_of_a_heading_is_that_of_GitHub()
    {
        Assert.Contains("use-a-pooler-pgbouncer", Headings("src/Session.Stores.Postgres/README.md"));
        Assert.Contains("from-appsettingsjson", Headings("src/Session.AspNetCore/README.md"));
    }

    /// <summary>The names of a page's headings in links: lower case, hyphens for blanks, no punctuation.</summary>
    private static IEnumerable<string> Headings(string page) =>
        Heading()
            .Matches(Fence().Replace(Tree.Read(page), ""))
            .Select(static match => Punctuation().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<path>[^)\s#]*)#(?<heading>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
