using System.Text.RegularExpressions;

namespace ServerSessions.Repository.Tests.Pages;

/// <summary>The page of the samples lists each of them.</summary>
public sealed partial class SamplesPageTests
{
    [Fact]
    public void Every_folder_of_samples_has_a_line_with_what_it_shows_and_how_to_run_it()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Tree.Root, "samples")).Select(static path => Path.GetFileName(path)!);
        var lines = Line().Matches(Tree.Read("docs/samples.md"));

        Assert.Equal(folders.Order(StringComparer.Ordinal), lines.Select(static line => line.Groups["folder"].Value));
        Assert.All(lines, static line => Assert.Equal(line.Groups["folder"].Value, line.Groups["link"].Value));
    }

    [GeneratedRegex(
        @"^\| \[`(?<folder>\w+)`\]\(\.\./samples/(?<link>\w+)/[\w./]+\) \| [^|]{20,} \| [^|]*`(dotnet|docker|npm) [^|]+\|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Line();
}
