using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Conformance.Tests;

/// <summary>The page with the matrix in a real browser, with the stores of this repository and one that fails.</summary>
public sealed class MatrixPageTests
{
    private const string Failing = """
        {"schema":1,"store":"A store with a long name of its own","backend":"SQLite 3.50",
        "verdict":"Does not conform: GSD-04 failed.","cases":[
        {"id":"GSD-03","outcome":"Passed"},
        {"id":"GSD-04","outcome":"Failed","message":"after destroy: absent (null); observed: a session of 2 values (143 bytes)"},
        {"id":"CON-07","outcome":"Crashed",
        "message":"A very_long_name_of_a_method_without_any_space_in_it_that_no_phone_can_break_between_words"}]}
        """;

    [Fact]
    public async Task The_page_fits_a_phone_and_a_desktop_in_light_and_dark_and_shows_failures_first()
    {
        await using var chromium = await Chromium.LaunchAsync();
        var stops = new List<string>();
        await using var page = await PageLook.NewPageAsync(chromium, stops);
        var matrix = new ConformanceMatrix();
        matrix.AddJson(Failing);
        foreach (var file in Directory.EnumerateFiles(StoreOutcomes.Folder, "*.json").Order(StringComparer.Ordinal))
        {
            matrix.AddJson(File.ReadAllText(file));
        }

        await page.SetContentAsync(matrix.ToHtml()).WithinBoundAsync("the page");
        var found = await PageLook.LookAsync(page, "matrix");
        Assert.True(found.Count == 0, string.Join('\n', found));

        // At 320 pixels: failures, verdicts, then the cases on which the stores differ; the others on request.
        Assert.Equal(
            "Failed,Verdicts,Cases",
            await page.EvaluateExpressionAsync<string>("[...document.querySelectorAll('h2')].map((one) => one.textContent).join()")
        );
        const string Rows = "[...document.querySelectorAll('tbody tr')].filter((one) => one.getClientRects().length).length";
        var differing = await page.EvaluateExpressionAsync<int>(Rows);
        await page.EvaluateExpressionAsync("document.getElementById('all').click()");
        Assert.InRange(differing, 2, ConformanceCatalogue.Cases.Count - 1);
        Assert.Equal(ConformanceCatalogue.Cases.Count, await page.EvaluateExpressionAsync<int>(Rows));
        Assert.Equal(
            "\"Memory \"",
            await page.EvaluateExpressionAsync<string>(
                "getComputedStyle(document.querySelector('tbody td[data-store=Memory]'), '::before').content.replace('\" \"', ' \"')"
            )
        );
        Assert.Empty(stops);

        await page.EvaluateExpressionAsync("document.getElementById('all').click()");
        var enlarged = await PageLook.LookAtLargeTextAndPaperAsync(page, "matrix");
        Assert.True(enlarged.Count == 0, string.Join('\n', enlarged));
    }
}
