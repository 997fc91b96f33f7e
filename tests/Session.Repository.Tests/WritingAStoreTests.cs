using System.Text.RegularExpressions;
using CustomStore.FirstTry;
using ServerSessions.Conformance;

namespace ServerSessions.Repository.Tests;

/// <summary>docs/writing-a-store.md says what is compiled, and shows what the kit says.</summary>
public sealed partial class WritingAStoreTests
{
    private static readonly string Page = Tree.Read("docs/writing-a-store.md");

    // The application at the end is built and run by Session.Packages.Tests, which follows the page.
    [Fact]
    public void Every_store_and_harness_of_the_page_is_a_file_that_is_compiled()
    {
        var sources = Tree.Files("samples/CustomStore", "*.cs")
            .Concat(Tree.Files("tests/Session.Repository.Tests/FirstTry", "*.cs"))
            .Concat(Tree.Files("tests/Session.Repository.Tests/OnAServer", "*.cs"))
            .Select(Tree.Read)
            .Select(Plain)
            .ToArray();
        var snippets = Snippet()
            .Matches(Page)
            .Select(static match => match.Groups["code"].Value)
            .Where(static code => !code.Contains("WebApplication", StringComparison.Ordinal))
            .ToArray();

        Assert.Equal(10, snippets.Length);
        Assert.All(snippets, snippet => Assert.Contains(sources, source => source.Contains(Plain(snippet), StringComparison.Ordinal)));
    }

    [Fact]
    public void The_project_files_of_the_page_are_those_of_the_sample()
    {
        var sample =
            Tree.Read("samples/CustomStore/CustomStore/CustomStore.csproj")
            + Tree.Read("samples/CustomStore/CustomStore/buildTransitive/CustomStore.props");
        var pieces = Xml().Matches(Page).Select(static match => match.Groups["code"].Value).ToArray();

        Assert.True(pieces.Length >= 2, $"The page has {pieces.Length} pieces of project files.");
        Assert.All(pieces, piece => Assert.Contains(piece, sample, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_try_of_the_page_fails_in_the_words_of_the_page()
    {
        var options = new ConformanceRunOptions
        {
            Cases = ["EXP-01"],
            RepeatLine = static item =>
                $"session-conformance run CustomStore.Tests/bin/Debug/net10.0/CustomStore.Tests.dll --case {item.Id} --seed 1",
        };
        await using var runner = new ConformanceRunner(new MinimalStoreHarness(), options);
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(
            "```text\n" + WithoutTimes(report.Explain(report.Results[0])) + "\n```",
            WithoutTimes(Page),
            StringComparison.Ordinal
        );
    }

    // The namespace is the reader's own.
    private static string Plain(string code) =>
        "\n"
        + string.Join('\n', code.Split('\n').Where(static line => !line.StartsWith("namespace ", StringComparison.Ordinal))).Trim('\n')
        + "\n";

    // The kit's clock stands where the cases before have left it.
    private static string WithoutTimes(string text) => Instant().Replace(Milliseconds().Replace(text, "  0.0 ms"), "an instant");

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("```xml\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Xml();

    [GeneratedRegex(@" +\d+\.\d ms")]
    private static partial Regex Milliseconds();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Instant();
}
