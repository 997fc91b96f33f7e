using System.Globalization;

namespace Session.Conformance.Xunit;

/// <summary>The run that all tests of one conformance class share. Made and disposed by xunit.</summary>
/// <typeparam name="THarness">The harness.</typeparam>
public sealed class ConformanceFixture<THarness> : IAsyncDisposable
    where THarness : SessionStoreHarness, new()
{
    private readonly THarness _harness = new();

    /// <summary>Made by xunit.</summary>
    public ConformanceFixture()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SESSION_CONFORMANCE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        Runner = new ConformanceRunner(_harness, new ConformanceRunOptions { Seed = seed });
    }

    internal ConformanceRunner Runner { get; }

    /// <summary>Disposes the stores and the harness.</summary>
    /// <returns>A task that completes once both are disposed.</returns>
    public ValueTask DisposeAsync() => Runner.DisposeAsync();

    internal string Explain(CaseResult result) => Runner.Explain(result);
}
