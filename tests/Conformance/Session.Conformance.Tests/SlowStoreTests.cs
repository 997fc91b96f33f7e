using System.Diagnostics;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>Full runs of a store whose calls take time. They take a minute each, so they are run by name.</summary>
public sealed class SlowStoreTests
{
    [Theory(Explicit = true)]
    [InlineData(0, 8)]
    [InlineData(5, 8)]
    [InlineData(5, 1)]
    public async Task A_store_whose_calls_take_time_conforms_with_cases_at_once_and_one_by_one(int milliseconds, int atOnce)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        await using var runner = new ConformanceRunner(
            new ReferenceHarness(setup => new SlowStore(setup, delay)),
            new ConformanceRunOptions { AtOnce = atOnce }
        );
        var started = Stopwatch.GetTimestamp();
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        var took = Stopwatch.GetElapsedTime(started);

        foreach (var slow in report.Results.OrderByDescending(static result => result.Duration).Take(20))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{slow.Case.Id} {slow.Duration.TotalMilliseconds:0} ms {slow.Outcome}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalSeconds:0.0} s, {report.Verdict}");
        Assert.Empty(report.Failures.Select(report.Explain));
    }

    private sealed class SlowStore(Setup setup, TimeSpan delay) : ReferenceStore(setup)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, cancellationToken);
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }
}
