using System.Collections.Concurrent;
using System.Globalization;

namespace ServerSessions.Conformance.Xunit;

/// <summary>The run that all tests of one conformance class share. xunit creates and disposes it.</summary>
/// <typeparam name="THarness">The harness.</typeparam>
public sealed class ConformanceFixture<THarness> : IAsyncDisposable
    where THarness : SessionStoreHarness, new()
{
    private readonly THarness _harness = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<CaseResult>>> _results = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of <see cref="ConformanceFixture{THarness}"/>. xunit calls it.</summary>
    public ConformanceFixture()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SESSION_CONFORMANCE_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : 1;
        Runner = new ConformanceRunner(_harness, new ConformanceRunOptions { Seed = seed });
    }

    internal ConformanceRunner Runner { get; }

    /// <summary>Disposes the stores and the harness.</summary>
    /// <returns>A task that completes once both are disposed.</returns>
    public ValueTask DisposeAsync() => Runner.DisposeAsync();

    /// <summary>Returns the result of a case, which runs once for all tests.</summary>
    internal Task<CaseResult> ResultAsync(ConformanceCase item) =>
        _results.GetOrAdd(item.Id, _ => new Lazy<Task<CaseResult>>(() => Runner.RunCaseAsync(item))).Value;

    /// <summary>Returns the report of all cases. A case that has run does not run again.</summary>
    internal async Task<ConformanceReport> ReportAsync(CancellationToken cancellationToken)
    {
        var results = new List<CaseResult>();
        foreach (var item in Runner.Cases)
        {
            results.Add(await ResultAsync(item).WaitAsync(cancellationToken));
        }

        return await Runner.ReportAsync(results, cancellationToken);
    }

    internal string Explain(CaseResult result) => Runner.Explain(result);
}
