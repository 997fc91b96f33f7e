using CustomStore.OnAServer;
using ServerSessions.Conformance;
using ServerSessions.Testing;

namespace ServerSessions.Repository.Tests.OnAServer;

/// <summary>The harness of docs/writing-a-store.md for a store on a server, with a process in place of its container.</summary>
public sealed class PostgresStoreHarnessTests
{
    // One or more cases for each thing that the bases of the harness offer.
    private static readonly string[] Cases =
    [
        "GSD-01",
        "NFD-06",
        "NFD-09",
        "ERR-03",
        "ERR-04",
        "ERR-06",
        "ERR-09",
        "RST-01",
        "PEER-01",
        "PER-01",
        "DSP-05",
    ];

    [Fact]
    public async Task It_lets_the_kit_make_outages_and_damage_and_read_what_is_at_rest()
    {
        // Skips the test if the server cannot be had; otherwise the harness finds it running.
        await LocalHarness.Process.StartAsync(TestContext.Current.CancellationToken);
        await using var runner = new ConformanceRunner(new LocalHarness(), new ConformanceRunOptions { Cases = Cases });
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Cases.Order(), report.Results.Select(static result => result.Case.Id).Order());
        Assert.All(
            report.Results,
            static result => Assert.True(result.Outcome == CaseOutcome.Passed, $"{result.Case.Id}: {result.Outcome} {result.Message}")
        );
    }

    private sealed class LocalHarness : PostgresStoreHarness
    {
        public static readonly HarnessServer Process = new(static async _ =>
        {
            var server = await PostgresServer.StartAsync();
            return (new ServerAddress("127.0.0.1", server.Process.Port), server);
        });

        // A busy machine is no fault of the store.
        public override HarnessSettings Settings =>
            base.Settings with
            {
                Patience = TimeSpan.FromMinutes(1),
                CaseTimeLimit = TimeSpan.FromMinutes(3),
            };

        protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken) =>
            Process.StartAsync(cancellationToken);
    }
}
