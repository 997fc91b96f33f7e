using System.Globalization;
using System.Security.Cryptography;
using Session.Interop.Differential.Hosts;

namespace Session.Interop.Differential;

/// <summary>
/// Random programs through both. SESSION_DIFFERENTIAL_PROGRAMS sets how many (5,000 where it is absent). The second test takes its seed from
/// SESSION_DIFFERENTIAL_SEED, or a fresh one where the number of programs was set: long runs look for what is new, short ones guard what is known.
/// </summary>
public sealed class DifferentialTests(InteropHosts hosts, ITestOutputHelper output)
{
    private const int DefaultPrograms = 5000;
    private const int FixedSeed = 19_001;
    private const int OtherSeed = 24_210_403;

    private static int Programs => Setting("SESSION_DIFFERENTIAL_PROGRAMS") ?? DefaultPrograms;

    [Fact]
    public Task No_program_of_the_fixed_seed_tells_the_two_apart() => NoDifferenceAsync(FixedSeed, Programs / 2);

    [Fact]
    public Task No_program_of_another_seed_tells_the_two_apart() =>
        NoDifferenceAsync(Setting("SESSION_DIFFERENTIAL_SEED") ?? (Setting("SESSION_DIFFERENTIAL_PROGRAMS") is null ? OtherSeed : RandomNumberGenerator.GetInt32(int.MaxValue)), Programs - (Programs / 2));

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
