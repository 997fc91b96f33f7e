using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Agreement;

/// <summary>Which store an application has cannot be told from what its calls show (T33).</summary>
public sealed class AgreementTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly int Programs = Scale.Of(100, 10_000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Others => Places.Cases([.. StorePlace.Backends.Where(static backend => backend != "memory")]);

    [Theory]
    [MemberData(nameof(Others))]
    public async Task The_same_calls_show_the_same_as_on_the_memory_store(string backend)
    {
        var first = Random.Shared.Next(int.MaxValue / 2);
        output.WriteLine($"seeds from {first}");
        var (memory, other) = (new StorePlace("memory", "").Open(), (await fleet.Places.NewAsync(backend)).Open());
        for (var seed = first; seed < first + Programs; seed++)
        {
            var (expected, shown) = (
                await new StoreProgram(seed).RunAsync(memory, Cancel),
                await new StoreProgram(seed).RunAsync(other, Cancel)
            );
            Assert.True(expected == shown, $"Seed {seed}. Memory:\n{expected}\n{backend}:\n{shown}");
        }

        output.WriteLine($"{backend}: {Programs} programs");
        await StorePlace.CloseAsync(memory);
        await StorePlace.CloseAsync(other);
    }
}
