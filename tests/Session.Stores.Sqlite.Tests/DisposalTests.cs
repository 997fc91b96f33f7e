namespace Session.Stores.Sqlite.Tests;

public sealed class DisposalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
            blocker.Close();
            await disposal;
        }

        await Task.WhenAll(writes);

        // The last connection to close removes the log; files that are open elsewhere could not be deleted on Windows.
        Assert.Equal([database.File], Directory.GetFiles(database.Folder));
        Assert.Equal(300L, database.Query("SELECT count(*) FROM sessions"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_store_refuses_every_call_and_may_be_disposed_again(bool used)
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        if (used)
        {
            await store.GetAsync("a", Cancel);
        }

        await Task.WhenAll(store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask());
        await store.DisposeAsync();
        var record = database.Record();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.OpenAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SetAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.DestroyAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TouchAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.LengthAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ClearAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PruneAsync(1, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AllAsync(Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Calls_under_way_when_the_store_is_disposed_end_well_or_say_so()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var database = new TestDatabase();
            var store = database.Store();
            await store.SetAsync("a", database.Record(), Cancel);
            var calls = Enumerable.Range(0, 32).Select(i => Task.Run(
                async () =>
                {
                    for (var n = 0; ; n++)
                    {
                        await store.GetAsync("a", Cancel);
                        await store.SetAsync($"{i}-{n}", database.Record(), Cancel);
                    }
                },
                Cancel)).ToList();
            await Task.Yield();
            await store.DisposeAsync();
            foreach (var call in calls)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
            }
        }
    }
}
