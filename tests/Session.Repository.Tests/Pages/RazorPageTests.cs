namespace ServerSessions.Repository.Tests.Pages;

/// <summary>Razor on a page is a part of a sample, which is compiled and driven by its tests.</summary>
public sealed class RazorPageTests
{
    [Fact]
    public void Every_block_of_Razor_on_a_page_is_a_part_of_a_sample()
    {
        var components = Tree.Files("samples", "*.razor").Select(Tree.Read).Select(WithoutIndents).ToList();
        var blocks = CodeBlock.Pages.SelectMany(CodeBlock.Of).Where(static block => block.Language == "razor").ToList();

        Assert.NotEmpty(blocks);
        Assert.DoesNotContain(
            blocks,
            block => !components.Exists(component => component.Contains(WithoutIndents(block.Text), StringComparison.Ordinal))
        );
    }

    private static string WithoutIndents(string text) => string.Join('\n', text.Trim().Split('\n').Select(static line => line.Trim()));
}
