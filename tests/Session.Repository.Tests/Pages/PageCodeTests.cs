using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>What a reader pastes from a page works.</summary>
public sealed partial class PageCodeTests
{
    // It has expressions of its own, and says so in its text: what a table shows as a name is no statement.
    private const string OnlyAnExpression = "CS0201";

    public static TheoryData<string> PagesWithCode =>
        [.. CodeBlock.Pages.Where(static page => CodeBlock.Of(page).Any(static block => block.Language == "csharp"))];

    public static TheoryData<string> AllPages => [.. CodeBlock.Pages];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public void Every_block_of_CSharp_compiles_as_a_reader_pastes_it(string page)
    {
        var compiler = new PageCompiler(page);
        var blocks = CodeBlock.Of(page).Where(static block => block.Language == "csharp").ToArray();

        AssertNone(blocks.SelectMany(block => Errors(block.ToString(), compiler.Next(block))));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_call_in_the_running_text_compiles(string page)
    {
        var compiler = new PageCompiler(page);
        foreach (var block in CodeBlock.Of(page).Where(static block => block.Language == "csharp"))
        {
            compiler.Next(block);
        }

        AssertNone(Calls(page).SelectMany(call => Errors($"{page}: {call}", compiler.Inline(call))));
    }

    [Fact]
    public void Calls_in_the_running_text_are_found()
    {
        Assert.Contains("session.Set(key, value)", Calls("README.md"));
        Assert.Contains("await session.RenewForSignInAsync()", Calls("README.md"));
    }

    [Fact]
    public void No_page_has_CSharp_that_no_test_compiles() =>
        Assert.DoesNotContain(CodeBlock.Pages.SelectMany(CodeBlock.Of), static block =>
            block.Language is "cs" or "c"
            || (
                block.Language is "" or "text"
                && (block.Text.Contains("=> ", StringComparison.Ordinal) || block.Text.Contains("var ", StringComparison.Ordinal))
            )
        );

    [Fact]
    public void Every_block_of_JSON_is_JSON()
    {
        var blocks = CodeBlock.Pages.SelectMany(CodeBlock.Of).Where(static block => block.Language == "json").ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, static block => JsonDocument.Parse(block.Text).Dispose());
    }

    [Fact]
    public void Every_project_and_script_that_a_command_names_is_there()
    {
        var missing =
            from page in CodeBlock.Pages
            from block in CodeBlock.Of(page)
            where block.Language is "sh" or ""
            from Match match in CommandPath().Matches(block.Text)
            let path = match.Groups["path"].Value
            where !Tree.Read(page).Contains($" -n {path.Split('/')[0]}", StringComparison.Ordinal)
            where
                !File.Exists(Full("", path))
                && !Directory.Exists(Full("", path))
                && !Directory.Exists(Full(Path.GetDirectoryName(page)!, path))
            select $"{block}: {path}";

        Assert.Empty(missing);

        static string Full(string folder, string path) => Path.Combine(Tree.Root, folder, path);
    }

    [Fact]
    public void Every_command_of_the_tool_that_a_page_names_is_one()
    {
        var app = Tree.Read("tools/session-conformance/App.cs");
        var commands = CodeBlock
            .Pages.SelectMany(static page => ToolCommand().Matches(Tree.Read(page)))
            .Select(static match => match.Groups[1].Value)
            .Distinct()
            .ToArray();

        Assert.Contains("run", commands);
        Assert.All(commands, command => Assert.Contains($"Command>(\"{command}\")", app, StringComparison.Ordinal));
    }

    // Once: the compiler goes down the page as it is asked.
    private static void AssertNone(IEnumerable<string> errors)
    {
        var all = errors.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    private static IEnumerable<string> Errors(string where, Compilation compilation) =>
        compilation
            .GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != OnlyAnExpression)
            .Select(diagnostic => $"{where}: {diagnostic.Id} {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Calls(string page) =>
        Call()
            .Matches(Tree.Read(page))
            .Select(static match => match.Groups["code"].Value.Replace("\\|", "|", StringComparison.Ordinal))
            // With an ellipsis outside of a text it stands for calls of the kind.
            .Where(static code => !Text().Replace(code, "").Contains('…', StringComparison.Ordinal))
            .Distinct();

    [GeneratedRegex(
        @"(?<!`)`(?<code>(?:\.(?:Add|Use|Hash|Encrypt)\w+\(|(?:await )?using var "
            + @"|(?:await )?(?:session|context|options|app|builder)\.[A-Z])[^`\n]*)`(?!`)"
    )]
    private static partial Regex Call();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"(?:--project |dotnet build |\./(?=[a-z]+\.sh)|(?<![\w/])(?=eng/[a-z]))(?<path>[\w./-]+)")]
    private static partial Regex CommandPath();

    [GeneratedRegex(@"(?<=[`\n])session-conformance ([a-z]+)")]
    private static partial Regex ToolCommand();
}
