using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Several processes on one folder, and locks that another process holds.</summary>
public sealed class ProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_processes_count_together_and_lose_nothing_and_a_reader_sees_whole_sessions_that_only_grow()
    {
        const int Each = 200;
        await using var folder = new TestFolder();
        await using var store = new FileSessionStore(
            new FileSessionStoreOptions { Path = folder.Path, OperationTimeout = TimeSpan.FromSeconds(60) }
        );
        await store.SetAsync("count", new SessionRecord("""{"cookie":{},"n":0}"""u8, null), Cancel);
        var processes = Enumerable.Range(0, 2).Select(_ => CrashWriter.Start("count", folder.Path, $"{Each}")).ToList();
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Cancel));
            }

            foreach (var process in processes)
            {
                await process.StandardInput.WriteLineAsync("go".AsMemory(), Cancel);
                await process.StandardInput.FlushAsync(Cancel);
            }

            var ends = Task.WhenAll(processes.Select(process => process.WaitForExitAsync(Cancel)));
            var last = 0;
            while (!ends.IsCompleted)
            {
                var n = Number(await store.GetAsync("count", Cancel));
                Assert.True(n >= last, "The count went back.");
                last = n;
            }

            await ends;
            foreach (var process in processes)
            {
                Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(Cancel));
            }
        }
        finally
        {
            processes.ForEach(CrashWriter.End);
        }

        Assert.Equal(2 * Each, Number(await store.GetAsync("count", Cancel)));
        Assert.Equal(["count.json"], folder.Names);
    }

    [Fact]
    public async Task A_process_that_stands_still_with_the_locks_delays_writes_for_the_timeout_and_its_end_frees_them()
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.OperationTimeout = TimeSpan.FromMilliseconds(500));
        await store.SetAsync("very-secret-id", folder.Record("old"), Cancel);
        var holder = CrashWriter.Start("hold", folder.Path);
        try
        {
            Assert.Equal("256 locks held", await holder.StandardOutput.ReadLineAsync(Cancel));
            foreach (
                var call in new Func<Task>[]
                {
                    async () => await store.SetAsync("very-secret-id", folder.Record("new"), Cancel),
                    async () => await store.TouchAsync("very-secret-id", folder.Record(), Cancel),
                    async () => await store.DestroyAsync("very-secret-id", Cancel),
                    async () => await store.ClearAsync(Cancel),
                }
            )
            {
                var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
                Assert.Contains("locked by another process for 0.5 s", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
            }

            Assert.Equal(TestFolder.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
            Assert.Equal(1, await store.LengthAsync(Cancel));
        }
        finally
        {
            CrashWriter.End(holder);
        }

        var freed = folder.Store();
        await freed.SetAsync("very-secret-id", folder.Record("new"), Cancel);
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_folder_is_opened_while_another_process_has_all_of_its_locks_and_nothing_is_put_there_to_try_it_out()
    {
        await using var folder = new TestFolder();
        await folder.Store().OpenAsync(Cancel);
        await using var store = new FileSessionStore(new FileSessionStoreOptions { Path = folder.Path });
        var holder = CrashWriter.Start("hold", folder.Path);
        try
        {
            Assert.Equal("256 locks held", await holder.StandardOutput.ReadLineAsync(Cancel));
            var made = new ConcurrentQueue<string>();
            using var watcher = new FileSystemWatcher(folder.Path) { EnableRaisingEvents = true, IncludeSubdirectories = true };
            watcher.Created += (_, entry) => made.Enqueue(entry.Name!);
            await store.OpenAsync(Cancel);

            // Events come in order: after this one none of before it is missing.
            folder.Plant("last", "");
            while (!made.Contains("last"))
            {
                await Task.Yield();
            }

            Assert.Equal(["last"], made);
        }
        finally
        {
            CrashWriter.End(holder);
        }
    }

    [Fact]
    public async Task Stores_that_open_one_folder_again_and_again_at_once_never_take_each_others_locks_for_a_disk_without_locks()
    {
        await using var folder = new TestFolder();
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; i < 50; i++)
                            {
                                await using var store = new FileSessionStore(new FileSessionStoreOptions { Path = folder.Path });
                                await store.OpenAsync(Cancel);
                            }
                        },
                        Cancel
                    )
                )
        );
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Calls_that_wait_for_one_lock_hold_no_thread_and_nobody_else_up()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        var writes = new Task[64 + (Environment.ProcessorCount * 8)];
        using (HoldLockOf(folder, "a"))
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, writes.Length)
                    .Select(i =>
                        Task.Run(
                            () =>
                            {
                                writes[i] = store.SetAsync("a", folder.Record($"{i}"), Cancel).AsTask();
                            },
                            Cancel
                        )
                    )
            );
            for (var i = 0; i < 200; i++)
            {
                await store.SetAsync($"other{Other("a", i)}", folder.Record(), Cancel);
            }

            Assert.All(writes, write => Assert.False(write.IsCompleted));
            Assert.Null(await store.GetAsync("a", Cancel));
        }

        await Task.WhenAll(writes);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_write_whose_caller_gave_up_while_it_waited_is_not_executed()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        using var cancelling = new CancellationTokenSource();
        Task given;
        Task kept;
        using (HoldLockOf(folder, "a"))
        {
            given = store.SetAsync("a", folder.Record("given up"), cancelling.Token).AsTask();
            kept = store.TrySetAsync("a", folder.Record("kept"), null, Cancel).AsTask();
            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            Assert.False(kept.IsCompleted);
        }

        await kept;
        Assert.Equal(TestFolder.Payload("kept"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Fanned_out_or_not_and_durable_or_not_everything_works(bool fanOut, bool durable)
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => (options.FanOut, options.Durable) = (fanOut, durable));
        for (var i = 0; i < 300; i++)
        {
            await store.SetAsync($"sid{i}", folder.Record($"{i}", TimeSpan.FromSeconds(i % 3 == 0 ? 1 : 10)), Cancel);
        }

        Assert.Equal(fanOut, !folder.Names.Any(name => name.EndsWith(".json", StringComparison.Ordinal)));
        var file = fanOut ? Path.Combine($"{StripeOf("sid7") >> 4:x}", $"{StripeOf("sid7") & 0xf:x}", "sid7.json") : "sid7.json";
        Assert.True(System.IO.File.Exists(folder.File(file)));

        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await store.LengthAsync(Cancel));
        Assert.Equal(200, (await store.AllAsync(Cancel).Select(entry => entry.Sid).ToListAsync(Cancel)).Distinct().Count());
        Assert.Equal(100, await store.PruneAsync(1000, Cancel));
        Assert.True(await store.TouchAsync("sid7", folder.Record(), Cancel));
        var read = await store.GetAsync("sid7", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("sid7", folder.Record("new"), read, Cancel));
        await store.DestroyAsync("sid7", Cancel);
        await store.DestroyAsync("sid7", Cancel);
        Assert.Equal(199, await store.LengthAsync(Cancel));
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    /// <summary>As another process would have it; a lock is the file's, not the process's.</summary>
    private static FileStream HoldLockOf(TestFolder folder, string sid) =>
        new(folder.File($".locks/{StripeOf(sid):x2}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static byte StripeOf(string sid) => SHA256.HashData(Encoding.UTF8.GetBytes(sid))[0];

    /// <summary>A number that makes an id of another stripe.</summary>
    private static int Other(string sid, int number)
    {
        while (StripeOf($"other{number}") == StripeOf(sid))
        {
            number += 1000;
        }

        return number;
    }

    private static int Number(SessionRecord? record)
    {
        Assert.NotNull(record);
        Assert.True(SessionDocument.Parse(record.Payload).TryGetJson("n", out var json));
        return int.Parse(json.Span, CultureInfo.InvariantCulture);
    }
}
