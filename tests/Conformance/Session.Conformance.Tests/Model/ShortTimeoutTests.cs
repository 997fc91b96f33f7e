using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Model;

/// <summary>The short timeout that a harness gives a store whose backend is going to be broken, on a machine that is busy.</summary>
public sealed class ShortTimeoutTests
{
    [Fact]
    public async Task Random_programs_ask_for_a_short_timeout_only_if_they_break_the_backend()
    {
        var harness = new WatchedHarness(static setup => new ReferenceStore(setup));

        Assert.Equal(CaseOutcome.Passed, await RunAsync(harness));

        Assert.NotEmpty(harness.Impatient);
        Assert.Empty(harness.Impatient.Except(harness.Broken));
    }

    [Fact]
    public async Task A_call_that_exceeds_the_short_timeout_once_is_no_finding()
    {
        var late = 0;
        var harness = new WatchedHarness(setup => Late(setup, () => Interlocked.Increment(ref late) == 1));

        Assert.Equal(CaseOutcome.Passed, await RunAsync(harness));
        Assert.True(late > 1);
    }

    [Fact]
    public async Task A_store_that_always_fails_so_is_found() =>
        Assert.Equal(CaseOutcome.Failed, await RunAsync(new WatchedHarness(static setup => Late(setup, static () => true))));

    private static async Task<CaseOutcome> RunAsync(WatchedHarness harness)
    {
        await using var runner = new ConformanceRunner(harness, new ConformanceRunOptions { Cases = ["CON-10"], Seed = 1 });
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        return report.Results.Single(static result => result.Case.Id == "CON-10").Outcome;
    }

    private static Bent Late(Setup setup, Func<bool> isLate) =>
        new(setup)
        {
            OnSet = (store, _, _, _, set) =>
                store.Request.WillBreak && isLate()
                    ? throw new SessionStoreUnavailableException("There was no reply in time.", SessionStoreOperation.Set, "Reference")
                    : set(),
        };

    /// <summary>Notes which spaces have a store with a short timeout, and which are broken.</summary>
    private sealed class WatchedHarness(Func<Setup, ISessionStore> make) : ReferenceHarness(make)
    {
        public ConcurrentBag<string> Impatient { get; } = [];

        public ConcurrentBag<string> Broken { get; } = [];

        public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
        {
            Broken.Add(request.Space);
            Broken.Add(request.Space + "b");
            return base.BreakAsync(request, fault, cancellationToken);
        }

        protected override ISessionStore Make(StoreRequest request)
        {
            if (request.WillBreak)
            {
                Impatient.Add(request.Space);
            }

            return base.Make(request);
        }
    }
}
