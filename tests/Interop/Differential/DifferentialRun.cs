using System.Globalization;
using ServerSessions.Interop.Differential.Comparing;
using ServerSessions.Interop.Differential.Generation;
using ServerSessions.Interop.Differential.Model;
using ServerSessions.Interop.Differential.Running;
using ServerSessions.Interop.Differential.Shrinking;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential;

/// <summary>Runs programs of one seed through both hosts until there are enough, or one differs.</summary>
internal sealed class DifferentialRun(InteropHosts hosts, StoreKind store, int seed)
{
    // Starting a pair of hosts takes as long as some twenty programs.
    private const int ProgramsPerPair = 25;
    private static readonly int Workers = Math.Max(2, Environment.ProcessorCount);

    private int _nextBatch = -1;
    private volatile string? _report;

    /// <summary>The number of programs that were run.</summary>
    public int Programs => _programs;

    private int _programs;

    /// <returns>The report on the first difference found; nothing if there is none.</returns>
    public async Task<string?> FindDifferenceAsync(int programs)
    {
        var batches = (programs + ProgramsPerPair - 1) / ProgramsPerPair;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(batches))));
        return _report;
    }

    private async Task WorkAsync(int batches)
    {
        while (_report is null && Interlocked.Increment(ref _nextBatch) is var batch && batch < batches)
        {
            // Which worker takes a batch does not matter: its programs follow from the seed and its number alone.
            await RunBatchAsync(new Random(HashCode(batch)), batch);
        }
    }

    private int HashCode(int batch) => unchecked((((seed * 31) + (int)store) * 1_000_003) + batch);

    private async Task RunBatchAsync(Random random, int batch)
    {
        var options = OptionsGenerator.Generate(random);
        await using var pair = await HostPair.StartAsync(hosts, store, new InteropProgram(options, []).OptionsJson);
        for (var i = 0; i < ProgramsPerPair && _report is null; i++)
        {
            var program = ProgramGenerator.Generate(random, options);
            var difference = await DifferenceAsync(program, pair);
            Interlocked.Increment(ref _programs);
            if (difference is not null)
            {
                await ReportAsync(
                    program,
                    difference,
                    string.Create(CultureInfo.InvariantCulture, $"{store}, seed {seed}, batch {batch}, program {i}")
                );
                return;
            }
        }
    }

    private static async Task<string?> DifferenceAsync(InteropProgram program, HostPair pair)
    {
        var (express, project) = await ProgramRunner.RunAsync(program, pair);
        return Comparison.FirstDifference(program, express, project);
    }

    private async Task ReportAsync(InteropProgram program, string difference, string origin)
    {
        var shortest = await Shrinker.ShrinkAsync(program, async candidate => await DifferenceOnFreshHostsAsync(candidate) is not null);
        if (await DifferenceOnFreshHostsAsync(shortest) is { } found)
        {
            _report = $"{origin}\n{shortest}  {found}";
        }
        else
        {
            _report = $"{origin}, not seen again on fresh hosts\n{program}  {difference}";
        }
    }

    private async Task<string?> DifferenceOnFreshHostsAsync(InteropProgram program)
    {
        await using var pair = await HostPair.StartAsync(hosts, store, program.OptionsJson);
        return await DifferenceAsync(program, pair);
    }
}
