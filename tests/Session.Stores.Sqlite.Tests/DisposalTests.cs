namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class DisposalTests() : DisposalTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync, rounds: 20)
{
    [Fact]
    public async Task Queued_writes_end_and_the_file_is_closed()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        Task[] writes;
        using (var blocker = database.Connect())
        {
            TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
            writes = [.. Enumerable.Range(0, 300).Select(i => store.SetAsync($"{i}", database.Record(), Cancel).AsTask())];
            var disposal = store.DisposeAsync().AsTask();
            Assert.All(writes, write => Assert.False(write.IsCompleted));
            TestDatabase.Execute(blocker, "COMMIT");
            await disposal;
        }

        await Task.WhenAll(writes);

        // The last connection to close removes the log, and only the last: this one, where the store has closed all of its own. Two that
        // close at the same moment may both leave it.
        Assert.Equal([database.File], Directory.GetFiles(database.Folder));
        Assert.Equal(300L, database.Query("SELECT count(*) FROM sessions"));
    }
}
