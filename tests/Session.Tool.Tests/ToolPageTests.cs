using System.Text;
using System.Text.RegularExpressions;

namespace ServerSessions.Tool.Tests;

/// <summary>
/// The blocks of <c>docs/tool.md</c> are what the tool prints. <c>SESSION_UPDATE_GENERATED=1</c> rewrites them. Figures of the machine and
/// dates are not compared.
/// </summary>
public sealed partial class ToolPageTests
{
    private const string Prompt = "$ session ";

    [Fact]
    public async Task The_page_shows_what_the_tool_prints()
    {
        using var folder = new TestFolder();
        await using (var store = TestStore.Open(folder.Sqlite()))
        {
            await store.PutAsync("one", Login("h1", "ada", "Firefox on Windows") + ",\"cart\":[\"book\"],\"views\":3");
            await store.PutAsync("two", Login("h2", "bob", "Safari on iPhone"), TestStore.Now.AddHours(3).AddSeconds(-10));
            await store.PutAsync("three", Login("h3", "bob", "Chrome on macOS"));
            await store.PutListAsync("ada", ["one"]);
            await store.PutListAsync("bob", ["two", "three"]);
            await store.PutAsync("four", "\"views\":1", TestStore.Now.AddMinutes(12).AddSeconds(-10));
        }

        var page = await File.ReadAllTextAsync(Tool.Page, TestContext.Current.CancellationToken);
        var printed = new StringBuilder();
        var last = 0;
        foreach (Match block in Block().Matches(page))
        {
            printed.Append(page, last, block.Groups["body"].Index - last);
            foreach (
                var line in block.Groups["body"].Value.Split('\n').Where(static line => line.StartsWith(Prompt, StringComparison.Ordinal))
            )
            {
                var run = await RunAsync(folder, line[Prompt.Length..]);
                printed.Append(line).Append('\n').Append(run.Replace(folder.Path, "/srv/app", StringComparison.Ordinal));
            }

            last = block.Groups["body"].Index + block.Groups["body"].Length;
        }

        printed.Append(page, last, page.Length - last);
        if (Environment.GetEnvironmentVariable("SESSION_UPDATE_GENERATED") == "1")
        {
            await File.WriteAllTextAsync(Tool.Page, printed.ToString(), TestContext.Current.CancellationToken);
            page = printed.ToString();
        }

        Assert.Equal(WithoutFigures(page), WithoutFigures(printed.ToString()));
    }

    private static async Task<string> RunAsync(TestFolder folder, string arguments)
    {
        var environment = new Dictionary<string, string?> { ["SESSION_STORE"] = "sqlite:sessions.db", ["XDG_DATA_HOME"] = folder.Path };
        var run = await ProgramRun.RunAsync("sh", ["-c", $"cd '{folder.Path}' && exec dotnet '{Tool.Program}' {arguments}"], environment);
        return run.Output + run.Error;
    }

    private static string Login(string handle, string user, string device) =>
        $$"""
            "__login":{"handle":"{{handle}}","subject":"{{user}}","signedInAt":"2026-11-30T10:00:00+00:00","label":"{{device}}"}
            """;

    private static string WithoutFigures(string page) => Figure().Replace(page, "#");

    [GeneratedRegex("(?<=\n```console\n)(?<body>.*?)(?=```\n)", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("[0-9][0-9,.]* (ms|s|MiB|sessions/s|UTC)\\b|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?|SQLite [0-9.]+")]
    private static partial Regex Figure();
}
