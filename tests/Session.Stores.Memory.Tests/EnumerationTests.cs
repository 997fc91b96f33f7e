namespace ServerSessions.Stores.Memory.Tests;

public sealed class EnumerationTests : MemoryStoreTest
{
    [Fact]
    public async Task Sessions_that_stay_come_exactly_once_while_others_come_and_go()
    {
        const int Staying = 200;
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            await Store.ClearAsync(Cancel);
            for (var i = 0; i < Staying; i++)
            {
                await Store.SetAsync($"stays{i}", Record("\"n\":1"), Cancel);
            }

            var seen = new List<string>();
            await foreach (var entry in Store.AllAsync(Cancel))
            {
                seen.Add(entry.Sid);
                for (var i = 0; i < 10; i++)
                {
                    await Store.SetAsync($"comes{random.Next(5000)}", Record("\"n\":1"), Cancel);
                    await Store.DestroyAsync($"comes{random.Next(5000)}", Cancel);
                    await Store.SetAsync($"stays{random.Next(Staying)}", Record("\"n\":2"), Cancel);
                }

                if (seen.Count > 10_000)
                {
                    break;
                }
            }

            var stayed = seen.Where(static sid => sid.StartsWith("stays", StringComparison.Ordinal)).ToList();
            Assert.True(stayed.Count == Staying && stayed.Distinct().Count() == Staying, $"Seed {seed}: {stayed.Count}.");
        }
    }

    [Fact]
    public async Task A_session_destroyed_before_its_turn_is_not_yielded()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        await Store.SetAsync("b", Record("\"n\":1"), Cancel);
        var seen = 0;
        await foreach (var entry in Store.AllAsync(Cancel))
        {
            seen++;
            await Store.DestroyAsync(entry.Sid == "a" ? "b" : "a", Cancel);
        }

        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task Clear_removes_everything_and_may_be_repeated()
    {
        await Store.SetAsync("live", Record("\"n\":1"), Cancel);
        await Store.SetAsync("expired", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));

        await Store.ClearAsync(Cancel);
        await Store.ClearAsync(Cancel);

        Assert.Equal(0, await Store.LengthAsync(Cancel));
        Assert.Null(await Store.GetAsync("live", Cancel));
        Assert.Equal(0, await Store.PruneAsync(10, Cancel));
        await Store.SetAsync("live", Record("\"n\":2"), Cancel);
        Assert.Equal(["live"], await AllSids());
    }
}
