using ServerSessions.Testing;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>Disks that are full or read-only, and what works again once they are mended.</summary>
public sealed class DiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_an_error_that_leaves_every_session_and_is_over_when_there_is_room()
    {
        await using var database = new TestDatabase();
        using var disk = new SmallDisk(database.Folder);
        var store = database.Store();
        await store.SetAsync("very-secret-id", database.Record("old"), Cancel);
        await store.SetAsync("neighbour", database.Record("untouched"), Cancel);
        var ballast = Path.Combine(database.Folder, "ballast");
        await FillAsync(ballast);

        var refused = await RefusedAsync(() => store.SetAsync("very-secret-id", database.Record(new string('y', 100_000)), Cancel));
        Assert.Contains("is full", refused.Message, StringComparison.Ordinal);
        refused = await RefusedAsync(async () =>
            _ = await store.TrySetAsync(
                "very-secret-id",
                database.Record(new string('y', 100_000)),
                await store.GetAsync("very-secret-id", Cancel),
                Cancel
            )
        );
        Assert.Contains("is full", refused.Message, StringComparison.Ordinal);
        Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.Equal(TestDatabase.Payload("untouched"), (await store.GetAsync("neighbour", Cancel))!.Payload.ToArray());

        File.Delete(ballast);
        await store.SetAsync("very-secret-id", database.Record("new"), Cancel);
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.Equal("ok", database.Query("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_is_an_error_of_what_writes_and_is_over_when_it_can_be_written()
    {
        await using var database = new TestDatabase();
        using var disk = new SmallDisk(database.Folder);
        var store = database.Store();
        await store.SetAsync("very-secret-id", database.Record("old"), Cancel);
        await store.DisposeAsync();
        disk.Remount("ro");
        var late = database.Store();
        var refused = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await late.SetAsync("very-secret-id", database.Record("new"), Cancel)
        );
        Assert.False(refused.IsTransient);
        Assert.DoesNotContain("very-secret-id", refused.ToString(), StringComparison.Ordinal);

        disk.Remount("rw");
        Assert.Equal(TestDatabase.Payload("old"), (await late.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        await late.SetAsync("very-secret-id", database.Record("new"), Cancel);
    }

    private static async Task FillAsync(string file)
    {
        var block = new byte[4096];
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                await stream.WriteAsync(block, Cancel);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<SessionStoreException> RefusedAsync(Func<ValueTask> call)
    {
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await call());
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
