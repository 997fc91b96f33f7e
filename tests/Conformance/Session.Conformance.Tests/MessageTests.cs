using ServerSessions.Conformance.FirstParty;
using ServerSessions.Conformance.Tests.Mutants;

namespace ServerSessions.Conformance.Tests;

/// <summary>What a failure tells its reader, and what it leaves out.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task Calls_that_differ_in_nothing_but_ids_and_times_are_folded_and_the_moment_of_cancelling_is_named()
    {
        var text = await ExplainAsync("listing ignores its token", "ENU-10");

        Assert.Contains("more of the kind)", text, StringComparison.Ordinal);
        Assert.Contains("(the listing is cancelled at its first session)", text, StringComparison.Ordinal);
        Assert.InRange(text.Split('\n').Length, 10, 40);
    }

    [Fact]
    public async Task The_calls_of_a_race_have_the_number_of_their_caller_and_their_end()
    {
        var text = await ExplainAsync("touch restores what it read", "CON-05");

        Assert.Matches(@"\[caller 1 until \d+\.\d ms\] destroy [A-Z]\d* → done", text);
        Assert.Matches(@"\[caller [234] until \d+\.\d ms\] touch [A-Z]\d*, .* → True", text);
    }

    [Theory]
    [InlineData("GSD-15")]
    [InlineData("ISO-03")]
    public async Task An_expiry_that_is_cut_to_seconds_is_not_taken_for_another_fault(string id)
    {
        var report = await RunAsync("the expiry is cut to whole seconds", id);

        Assert.Equal(CaseOutcome.Passed, report.Results.Single(result => result.Case.Id == id).Outcome);
    }

    [Fact]
    public async Task What_follows_from_a_failure_names_it_and_comes_after_the_causes()
    {
        var report = await MutantRuns.OfAsync("the expiry is cut to whole seconds", TestContext.Current.CancellationToken);

        Assert.Equal("GSD-02", report.Failures[0].Case.Id);
        Assert.All(report.Failures.Skip(1), result => Assert.Equal("GSD-02", report.CauseOf(result)?.Case.Id));
        Assert.Null(report.CauseOf(report.Failures[0]));
        Assert.Contains("It probably follows from GSD-02.", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_that_never_ends_is_said_to_repeat_itself_and_is_no_time_out()
    {
        var report = await MutantRuns.OfAsync("a listing repeats itself for ever", TestContext.Current.CancellationToken);

        Assert.Contains("it repeats itself", report.Explain(report.Failures[0]), StringComparison.Ordinal);
        Assert.DoesNotContain(report.Results, static result => result.Outcome == CaseOutcome.TimedOut);
    }

    [Fact]
    public void The_matrix_reads_the_outcomes_that_are_checked_in()
    {
        var matrix = new ConformanceMatrix();
        foreach (var file in Directory.EnumerateFiles(StoreOutcomes.Folder, "*.json").Order(StringComparer.Ordinal))
        {
            matrix.AddJson(File.ReadAllText(file));
        }

        Assert.Equal(7, matrix.Stores.Count);
        Assert.Contains("| GSD-04 | Required | After destroy the session is absent. | ✓ |", matrix.ToMarkdown(), StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(string mutant, string id)
    {
        var report = await RunAsync(mutant, id);
        return report.Explain(report.Results.Single(result => result.Case.Id == id));
    }

    private static async Task<ConformanceReport> RunAsync(string name, string id)
    {
        var mutant = AllMutants.All.Single(mutant => mutant.Name == name);
        await using var runner = new ConformanceRunner(mutant.Harness(), new ConformanceRunOptions { Cases = [id] });
        return await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
