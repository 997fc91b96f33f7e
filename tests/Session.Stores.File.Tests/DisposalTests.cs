namespace ServerSessions.Stores.File.Tests;

public sealed class DisposalTests() : DisposalTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync, rounds: 20)
{
    [Fact]
    public async Task Writes_under_way_end_before_the_store_is_disposed()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var writes = Enumerable.Range(0, 300).Select(i => store.SetAsync($"{i}", folder.Record(), Cancel).AsTask()).ToArray();
        await store.DisposeAsync();
        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(300, folder.Names.Length);
    }
}
