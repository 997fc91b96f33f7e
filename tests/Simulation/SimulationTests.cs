using System.Globalization;
using System.Security.Cryptography;
using ServerSessions.Simulation.Running;

namespace ServerSessions.Simulation;

/// <summary>
/// Random histories of the middleware on a simulated store, clock and network. SESSION_SIMULATION_RUNS sets how many (300 if it is
/// absent, 10,000 in a long run), of a fresh seed each then; SESSION_SIMULATION_SEED replays one.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int FirstSeed = 20_000;
    private const int LongRun = 10_000;

    private static int? RunsAskedFor =>
        Setting("SESSION_SIMULATION_RUNS") ?? (Environment.GetEnvironmentVariable("SESSION_TRUST") == "long" ? LongRun : null);

    [Fact]
    public async Task Whatever_the_order_and_the_faults_nothing_is_lost_and_nothing_comes_back()
    {
        var first = Setting("SESSION_SIMULATION_SEED")
            ?? (RunsAskedFor is null ? FirstSeed : RandomNumberGenerator.GetInt32(int.MaxValue / 2));
        var runs = Setting("SESSION_SIMULATION_SEED") is null ? RunsAskedFor ?? 300 : 1;
        output.WriteLine($"{runs} histories from seed {first}");
        var requests = 0;
        var (failed, withFaults) = (0, 0);
        for (var seed = first; seed < first + runs; seed++)
        {
            var simulation = await new Running.Simulation(seed).RunAsync();
            Assert.True(simulation.Violations.Count == 0, Explain(seed, simulation));
            requests += simulation.History.Count;
            failed += simulation.History.Count(static exchange => exchange.Status != 200);
            withFaults += simulation.HasFaults ? 1 : 0;
        }

        output.WriteLine($"{requests} requests, {failed} of them without status 200; {withFaults} histories with faults");
    }

    [Fact]
    public async Task A_seed_replays_exactly()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var first = await new Running.Simulation(seed).RunAsync();
            var second = await new Running.Simulation(seed).RunAsync();
            Assert.Equal(first.Trace, second.Trace);
        }
    }

    [Fact]
    public async Task Without_compare_and_set_the_simulation_finds_what_is_lost_and_what_comes_back()
    {
        var found = new HashSet<string>();
        for (var seed = 1; seed <= 60; seed++)
        {
            var simulation = await new Running.Simulation(seed, comparesAndSets: false).RunAsync();
            found.UnionWith(
                simulation.Violations.Select(static violation =>
                    violation.Contains("is lost", StringComparison.Ordinal) ? "lost"
                    : violation.Contains("came back", StringComparison.Ordinal) ? "came back"
                    : violation.Contains("twice", StringComparison.Ordinal) ? "twice"
                    : "other"
                )
            );
        }

        Assert.Contains("lost", found);
        Assert.Contains("came back", found);
        Assert.Contains("twice", found);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private static string Explain(int seed, Running.Simulation simulation) =>
        $"Seed {seed} (SESSION_SIMULATION_SEED={seed} replays "
        + $"it):\n{string.Join('\n', simulation.Violations)}\n\nHistory:\n{string.Join('\n', simulation.History)}";
}
