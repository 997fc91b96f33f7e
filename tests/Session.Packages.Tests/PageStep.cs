using System.Text.RegularExpressions;

namespace ServerSessions.Packages.Tests;

/// <summary>
/// A fenced block of a page, in the order in which a reader comes to it.
/// <paramref name="File"/> is the C# file that the text above the block names last; empty if it names none.
/// </summary>
internal sealed partial record PageStep(string Language, string Text, string File)
{
    /// <summary>The blocks of a page that stand before a heading of the second level.</summary>
    public static IReadOnlyList<PageStep> Before(string heading, string page)
    {
        var text = Tree.Read(page);
        var end = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"{page} has no heading '{heading}'.");
        text = text[..end];
        var steps = new List<PageStep>();
        var read = 0;
        foreach (Match fence in Fence().Matches(text))
        {
            var file = FileName().Matches(text[read..fence.Index]).LastOrDefault()?.Groups["file"].Value ?? "";
            steps.Add(new PageStep(fence.Groups["language"].Value, fence.Groups["code"].Value, file));
            read = fence.Index + fence.Length;
        }

        return steps;
    }

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    public static partial Regex Fence();

    [GeneratedRegex(@"`(?<file>[\w.]+/[\w.]+\.cs)`")]
    private static partial Regex FileName();
}
