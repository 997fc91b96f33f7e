namespace ServerSessions.Stores.File.Tests;

public sealed class ConcurrencyTests() : ConcurrencyTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync)
{
    [Fact]
    public async Task Writes_that_wait_together_are_all_acknowledged_and_present()
    {
        await using var folder = new TestFolder();
        await AtOnce.WritesAreAllPresentAsync(folder);
    }
}
