using System.Globalization;
using System.Security.Cryptography;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential;

/// <summary>
/// Random programs through both. SESSION_DIFFERENTIAL_PROGRAMS sets how many (5,000 if it is absent). The tests of another seed take it
/// from SESSION_DIFFERENTIAL_SEED, or a fresh one where the number of programs was set: long runs look for what is new, short ones guard
/// what is known.
/// </summary>
public sealed class DifferentialTests(InteropHosts hosts, ITestOutputHelper output)
{
    private const int DefaultPrograms = 5000;
    private const int FixedSeed = 19_001;
    private const int AnotherSeed = 24_210_403;

    // What the stores have alike is tried on the faster one.
    private const double ShareOnSqlite = 0.3;

    private static int? ProgramsAskedFor => Setting("SESSION_DIFFERENTIAL_PROGRAMS");

    private static int OtherSeed { get; } =
        Setting("SESSION_DIFFERENTIAL_SEED") ?? (ProgramsAskedFor is null ? AnotherSeed : RandomNumberGenerator.GetInt32(int.MaxValue));

    private static int ProgramsOnSqlite => (int)((ProgramsAskedFor ?? DefaultPrograms) * ShareOnSqlite);

    private static int ProgramsInMemory => (ProgramsAskedFor ?? DefaultPrograms) - ProgramsOnSqlite;

    [Fact]
    public Task No_program_of_the_fixed_seed_tells_the_two_apart() => NoDifferenceAsync(StoreKind.Memory, FixedSeed, ProgramsInMemory / 2);

    [Fact]
    public Task No_program_of_another_seed_tells_the_two_apart() =>
        NoDifferenceAsync(StoreKind.Memory, OtherSeed, ProgramsInMemory - (ProgramsInMemory / 2));

    [Fact]
    public Task No_program_of_the_fixed_seed_tells_the_two_apart_where_this_project_uses_SQLite() =>
        NoDifferenceAsync(StoreKind.Sqlite, FixedSeed, ProgramsOnSqlite / 2);

    [Fact]
    public Task No_program_of_another_seed_tells_the_two_apart_where_this_project_uses_SQLite() =>
        NoDifferenceAsync(StoreKind.Sqlite, OtherSeed, ProgramsOnSqlite - (ProgramsOnSqlite / 2));

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private async Task NoDifferenceAsync(StoreKind store, int seed, int programs)
    {
        hosts.SkipWhereExpressIsUnavailable();
        var run = new DifferentialRun(hosts, store, seed);
        var report = await run.FindDifferenceAsync(programs);
        output.WriteLine($"{store}, seed {seed}: {run.Programs} programs");
        Assert.True(report is null, $"After {run.Programs} programs the two differ: {report}");
        Assert.True(run.Programs >= programs);
    }
}
