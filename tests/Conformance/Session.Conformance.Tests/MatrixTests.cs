using ServerSessions.Conformance.FirstParty;
using ServerSessions.Conformance.Tests.Mutants;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>Several reports side by side.</summary>
public sealed class MatrixTests
{
    [Fact]
    public async Task The_matrix_has_a_column_for_each_store_and_says_why_one_failed()
    {
        var mutant = AllMutants.All.Single(static mutant => mutant.Name == "destroy is a no-op");
        var matrix = new ConformanceMatrix();
        matrix.Add(await RunAsync(new ReferenceHarness()));
        matrix.AddJson((await RunAsync(mutant.Harness())).ToJson());

        var markdown = matrix.ToMarkdown();
        Assert.Contains($"| case | level | rule | {matrix.Stores[0]} | {matrix.Stores[1]} |", markdown, StringComparison.Ordinal);
        Assert.Contains(markdown.Split('\n'), static line =>
            line.StartsWith("| GSD-03 |", StringComparison.Ordinal) && line.EndsWith("| ✓ | ✓ |", StringComparison.Ordinal)
        );
        Assert.Contains(markdown.Split('\n'), static line =>
            line.StartsWith("| GSD-04 |", StringComparison.Ordinal) && line.EndsWith("| ✓ | ✗ |", StringComparison.Ordinal)
        );
        Assert.Contains($"| {matrix.Stores[1]} | GSD-04 | Failed |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_begins_with_each_failure_its_rule_and_its_reason()
    {
        var mutant = AllMutants.All.Single(static mutant => mutant.Name == "destroy is a no-op");
        var matrix = new ConformanceMatrix();
        matrix.Add(await RunAsync(new ReferenceHarness()));
        matrix.AddJson((await RunAsync(mutant.Harness())).ToJson());

        var page = matrix.ToHtml();
        Assert.Contains(
            $"contract</h1>\n<h2>Failed</h2>\n<h3>{matrix.Stores[1]}</h3>\n<ul>\n<li><b class=\"bad\">GSD-04</b> After destroy the session "
                + "is absent. (Failed, required)<br>after destroy: absent (null); observed: a session",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("title=\"Failed after destroy", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">GSD-04</th>", page, StringComparison.Ordinal);
        Assert.Contains("<tr class=\"same\"><th scope=\"row\">GSD-03</th>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reports_that_are_checked_in_are_columns_with_the_reasons_of_what_was_not_run()
    {
        var matrix = new ConformanceMatrix();
        foreach (var file in Directory.EnumerateFiles(StoreOutcomes.Folder, "*.json").Order(StringComparer.Ordinal))
        {
            matrix.AddJson(File.ReadAllText(file));
        }

        Assert.Equal(StoreOutcomes.ReadAll().Select(static store => store.Store), matrix.Stores);
        var page = matrix.ToHtml();
        Assert.Contains($"<p class=\"good\">No case failed, of {matrix.Stores.Count} stores.</p>", page, StringComparison.Ordinal);
        Assert.Equal(matrix.Stores.Count, page.Split("<p class=\"good\">Conforms to contract").Length - 1);
        Assert.Contains("PAY-06: The store states no largest payload", page, StringComparison.Ordinal);
        Assert.Contains("<li>Preflight: 7 of 7 passed</li>", page, StringComparison.Ordinal);
        Assert.Contains("| GSD-01 | Required |", matrix.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_reports_of_one_store_are_two_columns_with_names_of_their_own()
    {
        var matrix = new ConformanceMatrix();
        matrix.AddJson(Report("A|B <script>"));
        matrix.AddJson(Report("A|B <script>"));

        Assert.Equal(["A|B <script>", "A|B <script> (2)"], matrix.Stores);
        Assert.Contains("| A\\|B &lt;script> | A\\|B &lt;script> (2) |", matrix.ToMarkdown(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", matrix.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_and_an_outcome_of_a_later_kit_are_kept_at_the_end()
    {
        var matrix = new ConformanceMatrix();
        matrix.AddJson(
            """{"schema":1,"store":"S","cases":[{"id":"NEW-01","level":"Required","rule":"New.","outcome":"Astonished"},{"id":"GSD-01","level":"Required","rule":"Old.","outcome":"Passed"}]}"""
        );

        Assert.EndsWith(
            "| GSD-01 | Required | Old. | ✓ |\n| NEW-01 | Required | New. | ✗ |\n\n| store | case | outcome | why |\n| --- | --- | --- "
                + "| --- |\n| S | NEW-01 | Astonished |  |\n",
            matrix.ToMarkdown(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[1", "It is not JSON")]
    [InlineData("[]", "It is no report of the conformance kit")]
    [InlineData("""{"schemaVersion":1,"label":"session store"}""", "It is no report of the conformance kit")]
    [InlineData("""{"schema":2,"cases":[]}""", "It is a report of schema 2, and this version of the kit reads schema 1.")]
    public void What_is_no_report_is_refused_with_the_reason(string json, string reason)
    {
        var error = Assert.Throws<FormatException>(() => new ConformanceMatrix().AddJson(json));

        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
    }

    private static string Report(string name) =>
        $$"""{"schema":1,"store":"{{name}}","cases":[{"id":"GSD-01","level":"Required","rule":"A rule.","outcome":"Passed"}]}""";

    private static async Task<ConformanceReport> RunAsync(SessionStoreHarness harness)
    {
        await using var runner = new ConformanceRunner(harness, new ConformanceRunOptions { Cases = ["GSD"] });
        return await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
