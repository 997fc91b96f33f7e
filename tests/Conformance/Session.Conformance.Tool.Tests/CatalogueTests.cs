namespace ServerSessions.Conformance.Tool.Tests;

/// <summary><c>list</c> and <c>explain</c>.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public async Task List_has_a_line_for_each_case()
    {
        var run = await ToolProcess.RunAsync("list");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            ConformanceCatalogue.Cases.Select(static item => (item.Id, item.Rule)),
            run.Lines[..^1].Select(static line => (line[..8].TrimEnd(), line[23..]))
        );
    }

    [Fact]
    public async Task List_takes_levels_and_groups()
    {
        var run = await ToolProcess.RunAsync("list", "--level", "required", "--case", "gsd,EXP-01");

        Assert.Contains(run.Lines, static line => line.StartsWith("GSD-01    required     ", StringComparison.Ordinal));
        Assert.All(run.Lines[..^1], static line =>
            Assert.True(line.StartsWith("GSD-", StringComparison.Ordinal) || line.StartsWith("EXP-01", StringComparison.Ordinal), line)
        );
        Assert.DoesNotContain("recommended", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_says_all_that_the_catalogue_does()
    {
        var run = await ToolProcess.RunAsync("explain", "can-04");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            CAN-04 While the backend hangs, cancellation ends the wait of every operation.
              level:       recommended: if it fails, this is a session store with a weakness that users will notice
              consequence: Requests of visitors who have long gone pile up until the site stands still.
              usual cause: the token is not passed on
              usual cause: the driver has none: WaitAsync around the call is missing
              usual cause: one operation has the token and another one not: a write, a listing, clear, prune
              needs:       a harness with Faults: Hang

            """.ReplaceLineEndings("\n"),
            run.Output
        );
    }

    [Fact]
    public async Task Explain_takes_a_group_and_names_all_needs_in_words()
    {
        var run = await ToolProcess.RunAsync("explain", "tch");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            ConformanceCatalogue.Cases.Where(static item => item.Group == "TCH").Select(static item => item.ToString()),
            run.Lines.Where(static line => line.StartsWith("TCH-", StringComparison.Ordinal))
        );
        var other = await ToolProcess.RunAsync("explain", "SEC");
        Assert.Contains(
            "needs:       a harness with EntriesAtRestAsync; a store with HarnessSettings.HidesIds\n",
            other.Output,
            StringComparison.Ordinal
        );
    }
}
