using ServerSessions.Conformance.Xunit;
using Xunit;

namespace ServerSessions.Conformance.FirstParty;

/// <summary>
/// What every store of this repository does beside running the kit: its outcomes are checked in, and what its harness leaves out has a
/// reason.
/// </summary>
/// <typeparam name="THarness">The harness of the store.</typeparam>
public abstract class FirstPartyConformance<THarness> : SessionStoreConformance<THarness>
    where THarness : SessionStoreHarness, new()
{
    // What a harness need not have a reason for: these say what the store is, and offer nothing.
    private static readonly string[] Words =
    [
        "Name",
        "Backend",
        "Time",
        "Settings",
        "Waivers",
        "NotTried",
        "WhyUnavailableAsync",
        "DisposeAsync",
        "AdvanceAsync",
        "BreakAsync",
        "MendAsync",
    ];

    /// <summary>
    /// The members of <see cref="SessionStoreHarness"/> that the harness leaves as they are, and why; the faults that it cannot make, too.
    /// </summary>
    protected abstract IReadOnlyDictionary<string, string> LeftOut { get; }

    [Fact]
    public async Task The_outcomes_are_those_that_are_checked_in()
    {
        var report = await ReportAsync();
        Assert.SkipWhen(report.Unavailable is not null, report.Unavailable ?? "");
        var seen = StoreOutcomes.Of(report, LeftOut);
        if (StoreOutcomes.Updates)
        {
            await seen.WriteAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(
            await StoreOutcomes.IsStoredAsync(seen, TestContext.Current.CancellationToken),
            $"docs/conformance/{seen.FileName} is stale, or {seen.Store} has changed. Run eng/conformance.sh and review the difference."
        );
    }

    [Fact]
    public void What_the_harness_does_not_offer_has_a_reason()
    {
        var abilities = typeof(SessionStoreHarness)
            .GetMethods()
            .Where(static method => method is { IsVirtual: true, IsAbstract: false } && method.DeclaringType == typeof(SessionStoreHarness))
            .Select(static method => method.Name.Replace("get_", "", StringComparison.Ordinal))
            .Except(Words);
        var overridden = typeof(THarness)
            .GetMethods()
            .Where(static method => method.DeclaringType != typeof(SessionStoreHarness) && method.IsVirtual)
            .Select(static method => method.Name.Replace("get_", "", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var faults = Enum.GetValues<StoreFault>().Except(new THarness().Faults).Select(static fault => fault.ToString());
        var missing = abilities
            .Where(name => name != nameof(SessionStoreHarness.Faults) && !overridden.Contains(name))
            .Concat(faults)
            .Order(StringComparer.Ordinal);

        Assert.Equal(missing, LeftOut.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(LeftOut.Values, static reason => reason.Length < 20);
    }
}
