using System.Globalization;

namespace ServerSessions.Stores.File.Tests;

public sealed class EnumerationTests() : EnumerationTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync, large: 700_000)
{
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go() =>
        AssertThoseThatStayAreYieldedOnceAsync(
            static async (folder, store) =>
            {
                // Every file is replaced by another. On some file systems that moves it in front of the reader.
                for (var i = 0; i < 600; i += 7)
                {
                    await store.TouchAsync(i.ToString("D4", CultureInfo.InvariantCulture), folder.Record(), Cancel);
                }
            },
            inOrder: false
        );

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
            Directory
                .GetFiles(folder.Path, "*.*", SearchOption.AllDirectories)
                .Select(Path.GetFileName)
                .Where(name => name!.Length > 2)
                .Order()
        );
    }
}
