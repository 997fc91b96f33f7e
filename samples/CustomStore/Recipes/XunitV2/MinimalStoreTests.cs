using CustomStore.Tests;
using ServerSessions.Conformance;
using Xunit;
using Xunit.Abstractions;

namespace CustomStore.XunitV2;

public sealed class MinimalStoreTests(ITestOutputHelper output)
{
    // xunit v2 cannot skip a test while it runs, and what was not run is no pass: so this is one test, and its output says what was run.
    [Fact]
    public async Task Conforms()
    {
        await using var runner = new ConformanceRunner(new MinimalStoreHarness());
        var report = await runner.RunAsync();

        output.WriteLine(report.ToMarkdown());
        Assert.True(
            report.Conforms,
            report.Verdict + "\n" + string.Join("\n\n", report.Results.Where(static result => result.IsFailure).Select(report.Explain))
        );
    }
}
