using ServerSessions.Testing;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Disks that are full, read-only or gone, and what works again once they are mended.</summary>
public sealed class FaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_an_error_that_leaves_the_old_session_and_is_over_when_there_is_room()
    {
        await using var folder = new TestFolder();
        using var disk = new SmallDisk(folder.Path);
        var store = folder.Store();
        var large = new string('x', 100_000);
        await store.SetAsync("very-secret-id", folder.Record(large), Cancel);
        var stored = 0;
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
        {
            for (; ; stored++)
            {
                await store.SetAsync($"filling{stored}", folder.Record(large), Cancel);
            }
        });
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);

        foreach (var call in Writes(folder, store, folder.Record(new string('y', 200_000))))
        {
            var refused = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.Contains("the disk is full", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-id", refused.ToString(), StringComparison.Ordinal);
            Assert.Equal(TestFolder.Payload(large), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        }

        Assert.DoesNotContain(folder.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal));
        for (var i = 0; i < stored; i++)
        {
            await store.DestroyAsync($"filling{i}", Cancel);
        }

        await store.SetAsync("very-secret-id", folder.Record("new"), Cancel);
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_read_only_disk_is_an_error_of_what_writes_and_is_over_when_it_can_be_written()
    {
        await using var folder = new TestFolder();
        using var disk = new SmallDisk(folder.Path);
        var store = folder.Store();
        await store.SetAsync("very-secret-id", folder.Record("old"), Cancel);
        disk.Remount("ro");
        foreach (
            var call in Writes(folder, store, folder.Record("new")).Append(async () => await store.DestroyAsync("very-secret-id", Cancel))
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.False(error.IsTransient);
            Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(TestFolder.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        var late = folder.Store();
        var refused = await Assert.ThrowsAsync<SessionStoreException>(async () => await late.OpenAsync(Cancel));
        Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);

        disk.Remount("rw");
        await late.OpenAsync(Cancel);
        await store.SetAsync("very-secret-id", folder.Record("new"), Cancel);
        Assert.NotNull(await late.GetAsync("very-secret-id", Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_is_deleted_meanwhile_holds_no_sessions_and_is_made_again(bool fanOut)
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.FanOut = fanOut);
        await store.SetAsync("a", folder.Record("old"), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Delete(folder);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        await store.ClearAsync(Cancel);
        Assert.False(await store.TouchAsync("a", folder.Record(), Cancel));
        Delete(folder);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", folder.Record(), read, Cancel));
        Delete(folder);
        await store.DestroyAsync("a", Cancel);
        Delete(folder);
        await store.SetAsync("a", folder.Record("new"), Cancel);
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_folder_that_is_deleted_right_after_a_call_is_no_error_of_the_next()
    {
        // Many at once, so that the next call comes while the worker is still busy with the one before.
        await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var folder = new TestFolder();
                        var store = folder.Store();
                        for (var i = 0; i < 50; i++)
                        {
                            await store.SetAsync("a", folder.Record(), Cancel);
                            try
                            {
                                Directory.Delete(folder.Path, recursive: true);
                            }
                            catch (IOException)
                            {
                                // The store tidies up in a folder that it has just opened, and has put a lock into it.
                            }

                            await store.DestroyAsync("a", Cancel);
                            Assert.Null(await store.GetAsync("a", Cancel));
                        }
                    })
                )
        );
    }

    [Fact]
    public async Task Without_CreateFolder_a_missing_folder_is_an_error_until_somebody_makes_it()
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.CreateFolder = false);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains($"'{folder.Path}': it does not exist. Create it", error.Message, StringComparison.Ordinal);
        folder.Plant("x", "");
        await store.SetAsync("a", folder.Record(), Cancel);

        // As one that is not mounted: its sessions must not count as absent.
        Directory.Delete(folder.Path, recursive: true);
        foreach (
            var call in (Func<Task>[])
                [
                    async () => await store.GetAsync("a", Cancel),
                    async () => await store.GetAsync("never-stored", Cancel),
                    async () => await store.LengthAsync(Cancel),
                    async () => await store.AllAsync(Cancel).ToListAsync(Cancel),
                    async () => await store.TouchAsync("a", folder.Record(), Cancel),
                    async () => await store.DestroyAsync("a", Cancel),
                    async () => await store.DestroyAsync("never-stored", Cancel),
                    async () => await store.TrySetAsync("a", folder.Record(), null, Cancel),
                    async () => await store.ClearAsync(Cancel),
                    async () => await store.PruneAsync(10, Cancel),
                    async () => await store.SetAsync("a", folder.Record(), Cancel),
                ]
        )
        {
            error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.Contains("it does not exist. Create it", error.Message, StringComparison.Ordinal);
        }

        folder.Plant("x", "");
        Assert.Null(await store.GetAsync("never-stored", Cancel));
        await store.SetAsync("a", folder.Record(), Cancel);
    }

    [Fact]
    public async Task Too_many_open_files_are_a_transient_error_and_over_once_they_are_closed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The limit is set with ulimit.");
        await using var folder = new TestFolder();
        var results = (await CrashWriter.RunAsync("ulimit -n 200", "exhaust", folder.Path)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.Equal(3, results.Length);
        Assert.All(results[..2], result => Assert.StartsWith("transient True: ", result, StringComparison.Ordinal));
        Assert.All(results[..2], result => Assert.Contains("too many files are open", result, StringComparison.Ordinal));
        Assert.All(results[..2], result => Assert.DoesNotContain("count", result, StringComparison.Ordinal));
        Assert.Equal("done", results[2]);
        Assert.Contains("\"n\":2", folder.Text("count.json"), StringComparison.Ordinal);
    }

    private static IEnumerable<Func<Task>> Writes(TestFolder folder, FileSessionStore store, SessionRecord record) =>
        [
            async () => await store.SetAsync("very-secret-id", record, Cancel),
            async () => await store.TrySetAsync("very-secret-id", record, await store.GetAsync("very-secret-id", Cancel), Cancel),
            async () =>
                await store.TouchAsync(
                    "very-secret-id",
                    new SessionRecord(
                        System.Text.Encoding.UTF8.GetBytes($$$"""{"cookie":{"path":"/{{{new string('z', 200_000)}}}"}}"""),
                        folder.Clock.GetUtcNow().AddHours(1)
                    ),
                    Cancel
                ),
        ];

    /// <summary>
    /// A call that has just ended may still have the lock; the next one is then executed under it, finds nothing, and makes no folder.
    /// </summary>
    private static void Delete(TestFolder folder)
    {
        if (Directory.Exists(folder.Path))
        {
            Directory.Delete(folder.Path, recursive: true);
        }
    }
}
