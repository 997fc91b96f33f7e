using System.Globalization;
using System.Security.Cryptography;
using ServerSessions.Stores.Moving.Tests.Simulation;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>
/// Random histories of a move: the store of this project on two simulated stores, rolled out and back, with crashes, clocks that are wrong
/// and pauses. SESSION_SIMULATION_RUNS sets how many, of a fresh seed each then; SESSION_SIMULATION_SEED replays one.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Runs = 2_000;
    private const int MostRunsOfAMutant = 20_000;

    [Fact]
    public void Rolled_out_and_back_nothing_is_lost_nothing_comes_back_and_no_one_is_signed_out()
    {
        var replayed = Setting("SESSION_SIMULATION_SEED");
        var runs = replayed is null ? Setting("SESSION_SIMULATION_RUNS") ?? Runs : 1;
        var first = replayed ?? (Setting("SESSION_SIMULATION_RUNS") is null ? 1 : RandomNumberGenerator.GetInt32(int.MaxValue / 2));
        output.WriteLine($"{runs} histories from seed {first}");
        for (var seed = first; seed < first + runs; seed++)
        {
            var world = new World(seed).Run();
            Assert.True(
                world.Violations.Count == 0,
                $"Seed {seed} (SESSION_SIMULATION_SEED={seed} replays it):\n{string.Join('\n', world.Violations.Take(5))}"
            );
        }
    }

    [Theory]
    [InlineData(nameof(Mutant.CopyCountsAtOnce))]
    [InlineData(nameof(Mutant.CopyThenDelete))]
    [InlineData(nameof(Mutant.NothingAfterAnEnd))]
    [InlineData(nameof(Mutant.CreateWithoutClaim))]
    public void A_simpler_protocol_is_found_to_be_wrong(string mutant) =>
        output.WriteLine(FirstViolation(seed => new World(seed, Enum.Parse<Mutant>(mutant))));

    [Fact]
    public void Two_directions_at_once_are_found_to_be_wrong() =>
        output.WriteLine(FirstViolation(static seed => new World(seed, mixesDirections: true)));

    private static string FirstViolation(Func<int, World> create)
    {
        for (var seed = 1; seed <= MostRunsOfAMutant; seed++)
        {
            // That both stores hold a session is how these protocols work. What matters is what a user notices.
            var noticed = create(seed).Run().Violations.Find(static violation => !violation.StartsWith("M1", StringComparison.Ordinal));
            if (noticed is not null)
            {
                return $"seed {seed}: {noticed}";
            }
        }

        throw new InvalidOperationException($"{MostRunsOfAMutant} histories found nothing wrong.");
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
