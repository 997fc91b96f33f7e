using System.Globalization;
using System.Security.Cryptography;
using Session.Interop.Differential.Hosts;

namespace Session.Interop.Differential;

/// <summary>
/// Random programs through both. SESSION_DIFFERENTIAL_PROGRAMS sets how many (5,000 where it is absent), SESSION_DIFFERENTIAL_SEED the seed of
/// the second test, which is a fresh one where it is absent.
/// </summary>
public sealed class DifferentialTests(InteropHosts hosts, ITestOutputHelper output)
{
    private const int DefaultPrograms = 5000;
    private const int FixedSeed = 19_001;

    private static int Programs => Setting("SESSION_DIFFERENTIAL_PROGRAMS") ?? DefaultPrograms;

    [Fact]
    public Task No_program_of_the_fixed_seed_tells_the_two_apart() => NoDifferenceAsync(FixedSeed, Programs / 2);

    [Fact]
    public Task No_program_of_a_fresh_seed_tells_the_two_apart() =>
        NoDifferenceAsync(Setting("SESSION_DIFFERENTIAL_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue), Programs - (Programs / 2));

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private async Task NoDifferenceAsync(int seed, int programs)
    {
        hosts.SkipWhereUnavailable();
        var run = new DifferentialRun(hosts, seed);
        var report = await run.FindDifferenceAsync(programs);
        output.WriteLine($"seed {seed}: {run.Programs} programs");
        Assert.True(report is null, $"After {run.Programs} programs the two differ: {report}");
        Assert.True(run.Programs >= programs);
    }
}
