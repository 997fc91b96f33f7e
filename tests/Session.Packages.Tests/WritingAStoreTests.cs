namespace ServerSessions.Packages.Tests;

/// <summary>
/// Follows docs/writing-a-store.md with the packages, from its first block to the application. <see cref="AcmePackage"/> covers the
/// provider at the end of the page.
/// </summary>
public sealed class WritingAStoreTests(PackageFeed feed)
{
    private const string Page = "docs/writing-a-store.md";

    [Fact]
    public async Task The_page_leads_from_an_empty_folder_to_a_store_that_conforms_and_to_an_application_that_uses_it()
    {
        using var reader = new EmptyFolder(feed);
        var last = (ExitCode: 0, Output: "");
        foreach (var step in PageStep.Before("Let it be chosen by URL", Page))
        {
            if (step.Language == "text")
            {
                // What the page shows of a run stands below it; one that is not green ends with 1.
                Assert.Contains(step.Text.Split('\n')[0], last.Output, StringComparison.Ordinal);
                Assert.Equal(step.Text.StartsWith("Conforms", StringComparison.Ordinal) ? 0 : 1, last.ExitCode);
                last = (0, "");
                continue;
            }

            Assert.True(last.ExitCode == 0, last.Output);
            if (step.Language == "csharp")
            {
                Assert.True(step.File.Length > 0, $"{Page} does not say in which file this stands:\n{step.Text}");
                reader.Write(step.File, step.Text);
            }
            else
            {
                last = await reader.RunScriptAsync(step.Text);
            }
        }

        Assert.True(last.ExitCode == 0, last.Output);
        Assert.True(File.Exists(Path.Combine(reader.Path, "conformance", "TableStore.json")));
        await using (var application = await RunningApplication.StartAsync(reader, "App"))
        {
            Assert.Equal("Visits: 1", await application.GetAsync("/"));
            Assert.Equal("Visits: 2", await application.GetAsync("/"));
        }
    }
}
