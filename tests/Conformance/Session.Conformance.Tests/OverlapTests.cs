using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>Independent cases run at the same time, as many as the options say; the harness is still entered by one at a time.</summary>
public sealed class OverlapTests
{
    private static readonly string[] Independent = ["GSD", "ISO", "IDS", "PAY", "ENU-01", "ENU-02"];

    [Fact]
    public async Task Independent_cases_overlap_up_to_the_number_of_the_options()
    {
        var calls = new Calls { Meeting = 4 };
        var report = await RunAsync(calls, new ConformanceRunOptions { AtOnce = 4 });

        Assert.Empty(report.Failures.Select(report.Explain));
        Assert.Equal(4, calls.Most);
        Assert.Equal(1, calls.MostInHarness);
        Assert.Equal(
            ConformanceCatalogue.Cases.Where(IsSelected).Select(static item => item.Id),
            report.Results.Select(static result => result.Case.Id)
        );
    }

    [Fact]
    public async Task With_one_at_once_no_case_overlaps_another()
    {
        var calls = new Calls();
        var report = await RunAsync(calls, new ConformanceRunOptions { AtOnce = 1 });

        Assert.Empty(report.Failures.Select(report.Explain));
        Assert.Equal(1, calls.Most);
    }

    [Fact]
    public async Task Each_result_is_reported_once_and_the_preflight_first()
    {
        var reported = new List<string>();
        var options = new ConformanceRunOptions { Cases = ["HAR", "GSD", "ISO", "EXP-01"] };
        await using var runner = new ConformanceRunner(new ReferenceHarness(), options);
        var report = await runner.RunAsync(new Reported(reported), TestContext.Current.CancellationToken);

        Assert.Equal(report.Results.Count, reported.Distinct().Count());
        Assert.Equal(report.Results.Count, reported.Count);
        Assert.All(reported.Take(7), static id => Assert.StartsWith("HAR-", id, StringComparison.Ordinal));
    }

    [Fact]
    public void Fewer_than_one_at_once_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () =>
            new ConformanceRunner(new ReferenceHarness(), new ConformanceRunOptions { AtOnce = 0 })
        );
    }

    // GSD-15 races calls.
    private static bool IsSelected(ConformanceCase item) =>
        Independent.Contains(item.Id) || (Independent.Contains(item.Group) && item.Id != "GSD-15");

    private static async Task<ConformanceReport> RunAsync(Calls calls, ConformanceRunOptions options)
    {
        var cases = ConformanceCatalogue.Cases.Where(IsSelected).Select(static item => item.Id);
        await using var runner = new ConformanceRunner(new CountingHarness(calls), options with { Cases = [.. cases] });
        await runner.UnavailableAsync(TestContext.Current.CancellationToken);
        calls.IsCounting = true;
        return await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class Reported(List<string> ids) : IProgress<CaseResult>
    {
        public void Report(CaseResult value) => ids.Add(value.Case.Id);
    }

    /// <summary>Counts the calls that overlap. The first ones wait until so many have met.</summary>
    private sealed class Calls
    {
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private int _now;
        private int _inHarness;

        public int Meeting { get; init; } = 1;

        public bool IsCounting { get; set; }

        public int Most { get; private set; }

        public int MostInHarness { get; private set; }

        public async Task PassAsync()
        {
            if (!IsCounting)
            {
                return;
            }

            lock (_lock)
            {
                Most = Math.Max(Most, ++_now);
            }

            if (Most >= Meeting)
            {
                _met.TrySetResult();
            }

            await _met.Task.WithinBoundAsync("as many calls as may overlap");
            lock (_lock)
            {
                _now--;
            }
        }

        public async Task EnterHarnessAsync()
        {
            lock (_lock)
            {
                MostInHarness = Math.Max(MostInHarness, ++_inHarness);
            }

            await Task.Yield();
            lock (_lock)
            {
                _inHarness--;
            }
        }
    }

    private sealed class CountingHarness(Calls calls) : ReferenceHarness(setup => new CountingStore(setup, calls))
    {
        public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
        {
            await calls.EnterHarnessAsync();
            return await base.CreateStoreAsync(request, cancellationToken);
        }
    }

    private sealed class CountingStore(Setup setup, Calls calls) : ReferenceStore(setup)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await calls.PassAsync();
            await base.EnterAsync(operation, cancellationToken);
        }
    }
}
