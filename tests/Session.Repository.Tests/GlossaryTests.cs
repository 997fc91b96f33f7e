using System.Text.RegularExpressions;

namespace ServerSessions.Repository.Tests;

/// <summary>The words of the project, as the glossary of CONTRIBUTING.md lists them: one word for one thing.</summary>
public sealed partial class GlossaryTests
{
    // Written by a program, names of broken stores, or a quotation of what people said before the glossary.
    private static readonly string[] Exempt = ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "kill-matrix.md", "causes.md"];

    private static readonly Regex Replaced = new(
        $@"(?<![\w-])({string.Join('|', Words().Select(Regex.Escape))})(?![\w-])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    );

    [Fact]
    public void The_pages_use_no_word_that_the_glossary_replaces()
    {
        var found =
            from page in Tree.Files(".", "*.md")
            where !Exempt.Contains(Path.GetFileName(page))
            from hit in Find(page, Code().Replace(Tree.Read(page), Blank))
            select hit;

        AssertNone(found);
    }

    [Fact]
    public void The_doc_comments_of_what_ships_use_no_word_that_the_glossary_replaces()
    {
        var found = from file in Shipped() from hit in Find(file, NotDocComment().Replace(Tree.Read(file), "")) select hit;

        AssertNone(found);
    }

    [Fact]
    public void The_messages_of_what_ships_use_no_word_that_the_glossary_replaces()
    {
        var found =
            from file in Shipped()
            let lines = Tree.Read(file).Split('\n')
            from hit in Find(
                file,
                string.Join(
                    '\n',
                    lines.Select(static line => string.Join(" ", Literal().Matches(line).Select(static match => match.Value)))
                )
            )
            select hit;

        AssertNone(found);
    }

    [Fact]
    public void No_summary_begins_with_a_word_that_needs_the_member_before_it()
    {
        var found =
            from file in Shipped()
            from Match match in Leaning().Matches(Tree.Read(file))
            select $"{file}: {match.Value.ReplaceLineEndings(" ")}";

        AssertNone(found);
    }

    private static void AssertNone(IEnumerable<string> found)
    {
        var hits = found.ToList();
        Assert.True(hits.Count == 0, $"{hits.Count}:\n{string.Join('\n', hits)}");
    }

    private static IEnumerable<string> Shipped() =>
        new[] { "src", "tools", "tests/Conformance/Session.Conformance", "tests/Conformance/Session.Conformance.Xunit" }.SelectMany(
            static folder => Tree.Files(folder, "*.cs")
        );

    private static IEnumerable<string> Find(string file, string text) =>
        text.Split('\n').SelectMany((line, index) => Replaced.Matches(line).Select(match => $"{file}:{index + 1}: {match.Value}"));

    /// <summary>The third column of the table.</summary>
    private static List<string> Words()
    {
        var table = Tree.Read("CONTRIBUTING.md").Split("## Words\n")[1].Split("\n## ")[0];
        var words = table
            .Split('\n')
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(2)
            .SelectMany(static line =>
                line.Split('|')[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
            .ToList();
        Assert.True(words.Count > 20);
        return words;
    }

    /// <summary>Keeps the number of lines, so that a hit is named by its own.</summary>
    private static string Blank(Match match) => new('\n', match.Value.Count(static character => character == '\n'));

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?!\s*///)[^\n]*", RegexOptions.Multiline)]
    private static partial Regex NotDocComment();

    [GeneratedRegex(@"(?<!\\)""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"<summary>\s*(?:///)?\s*(?:The same|Makes one|Likewise|As above|This one)\b[^\n]*")]
    private static partial Regex Leaning();
}
