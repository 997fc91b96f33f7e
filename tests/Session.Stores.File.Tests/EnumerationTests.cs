using System.Globalization;

namespace Session.Stores.File.Tests;

public sealed class EnumerationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_yields_every_live_session_once_with_its_content_and_expiry_over_many_pages()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            store.SetAsync($"sid{i}", folder.Record($"{i}", TimeSpan.FromSeconds(i % 2 == 0 ? 10 : 1)), Cancel).AsTask()));
        folder.Clock.Advance(TimeSpan.FromSeconds(5));

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(500, all.Select(entry => entry.Sid).Distinct().Count());
        Assert.Equal(500, all.Count);
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.All(all, entry =>
        {
            Assert.Equal(TestFolder.Payload(entry.Sid[3..]), entry.Record.Payload.ToArray());
            Assert.Equal(folder.Clock.GetUtcNow().AddSeconds(5), entry.Record.Expires);
        });
    }

    [Fact]
    public async Task Large_sessions_make_small_pages_and_none_is_lost()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        for (var i = 0; i < 8; i++)
        {
            await store.SetAsync($"{i}", folder.Record(new string('x', 700_000)), Cancel);
        }

        Assert.Equal(8, await store.AllAsync(Cancel).Select(entry => entry.Sid).Distinct().CountAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        for (var i = 0; i < 600; i++)
        {
            await store.SetAsync(i.ToString("D4", CultureInfo.InvariantCulture), folder.Record(), Cancel);
        }

        var seen = new List<string>();
        await foreach (var entry in store.AllAsync(Cancel))
        {
            seen.Add(entry.Sid);
            if (seen.Count % 20 == 0)
            {
                // Every file is replaced by another. On some file systems that moves it in front of the reader.
                for (var i = 0; i < 600; i += 7)
                {
                    await store.TouchAsync(i.ToString("D4", CultureInfo.InvariantCulture), folder.Record(), Cancel);
                }

                await store.SetAsync($"new{seen.Count}", folder.Record(), Cancel);
                await store.DestroyAsync($"new{seen.Count - 20}", Cancel);
            }
        }

        Assert.Equal(Enumerable.Range(0, 600).Select(i => i.ToString("D4", CultureInfo.InvariantCulture)), seen.Where(sid => sid[0] == '0').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_session_that_expires_while_the_caller_dawdles_is_not_yielded()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record(), Cancel);
        await store.SetAsync("b", folder.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());
        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await steps.MoveNextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clear_removes_all_sessions_and_nothing_else(bool fanOut)
    {
        await using var folder = new TestFolder();
        folder.Plant("notes.txt", "mine");
        folder.Plant("package.lock.json", "{}");
        var store = folder.Store(options => options.FanOut = fanOut);
        await store.SetAsync("a", folder.Record(), Cancel);
        await store.SetAsync("an id that is hashed", folder.Record(), Cancel);
        await store.SetAsync("b", folder.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(
            ["notes.txt", "package.lock.json"],
            Directory.GetFiles(folder.Path, "*.*", SearchOption.AllDirectories).Select(Path.GetFileName).Where(name => name!.Length > 2).Order());
    }
}
