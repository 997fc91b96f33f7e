using System.Diagnostics;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class LockedDatabaseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("BEGIN EXCLUSIVE")]
    public async Task Reads_go_on_and_writes_fail_in_time_and_recover(string begin)
    {
        await using var database = new TestDatabase();
        var logger = new SignallingLogger();
        var store = database.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(2), logger);
        await store.SetAsync("very-secret-id", database.Record("old"), Cancel);

        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, begin);
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.SetAsync("very-secret-id", database.Record("lost"), Cancel)
        );
        Assert.True(error.IsTransient);
        Assert.Equal(SessionStoreOperation.Set, error.Operation);
        Assert.Contains("locked by another process or connection", error.Message, StringComparison.Ordinal);
        Assert.Contains("2.0 s", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.Equal(1, await store.LengthAsync(Cancel));

        TestDatabase.Execute(blocker, "COMMIT");
        Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        await store.SetAsync("very-secret-id", database.Record("new"), Cancel);
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
        Assert.True(logger.Count("LockWaited") >= 1);
        Assert.DoesNotContain(logger.Messages, message => message.Contains("very-secret-id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_logger_that_throws_where_a_lock_has_ended_stops_no_write()
    {
        await using var database = new TestDatabase();
        var logger = new SignallingLogger { FailsAt = "LockWaited" };
        var store = database.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(1), logger);
        await store.OpenAsync(Cancel);
        using (var blocker = database.Connect())
        {
            TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await store.SetAsync("a", database.Record("lost"), Cancel)
            );
        }

        await logger.EventAsync("LockWaited");
        await store.SetAsync("a", database.Record("new"), Cancel);
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_store_opens_and_reads_while_somebody_else_writes()
    {
        await using var database = new TestDatabase();
        await database.Store().SetAsync("a", database.Record(), Cancel);
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");

        var late = database.Store();
        using var abandoned = new CancellationTokenSource();
        var write = late.SetAsync("b", database.Record(), abandoned.Token).AsTask();
        Assert.NotNull(await late.GetAsync("a", Cancel));
        Assert.False(write.IsCompleted);
        await abandoned.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task Calls_that_wait_hold_no_thread()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");

        // Far more calls than the pool has threads, each from a pool thread. That the last of them comes back shows that none kept its own.
        var writes = new Task[64 + (Environment.ProcessorCount * 8)];
        await Task.WhenAll(
            Enumerable
                .Range(0, writes.Length)
                .Select(i =>
                    Task.Run(
                        () =>
                        {
                            writes[i] = store.SetAsync($"{i}", database.Record(), Cancel).AsTask();
                        },
                        Cancel
                    )
                )
        );
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        for (var i = 0; i < 1000; i++)
        {
            await Task.Yield();
        }

        TestDatabase.Execute(blocker, "COMMIT");
        await Task.WhenAll(writes);
        Assert.Equal(writes.Length, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_write_whose_caller_gave_up_while_it_waited_is_not_executed()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
        using var cancelling = new CancellationTokenSource();
        var given = store.SetAsync("given up", database.Record(), cancelling.Token).AsTask();
        var kept = store.SetAsync("kept", database.Record(), Cancel).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        TestDatabase.Execute(blocker, "COMMIT");
        await kept;
        Assert.Null(await store.GetAsync("given up", Cancel));
    }

    [Fact]
    public async Task Each_call_has_its_own_deadline()
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.OperationTimeout = TimeSpan.FromSeconds(2));
        await store.OpenAsync(Cancel);
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");

        // The second is made when the first's time is over; were waits counted by batch, one of them would not end here.
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.SetAsync("a", database.Record(), Cancel));
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.TouchAsync("a", database.Record(), Cancel));
        TestDatabase.Execute(blocker, "COMMIT");
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task Of_calls_that_wait_at_once_each_waits_for_its_own_time_whoever_gives_up_beside_it()
    {
        await using var database = new TestDatabase();
        var patience = TimeSpan.FromSeconds(1);
        var store = database.Store(options => options.OperationTimeout = patience);
        var impatient = database.Store(options => options.OperationTimeout = patience / 4);
        await store.OpenAsync(Cancel);
        await impatient.OpenAsync(Cancel);
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
        using var givingUp = new CancellationTokenSource();
        var waits = new List<Task>();
        for (var i = 0; i < 5; i++)
        {
            waits.Add(WaitAsync($"{i}"));
            var given = store.SetAsync($"given up {i}", database.Record(), givingUp.Token).AsTask();
            waits.Add(Assert.ThrowsAnyAsync<OperationCanceledException>(() => given));

            // The next begins while this one waits: when another's time is over.
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await impatient.SetAsync("impatient", database.Record(), Cancel)
            );
            if (i == 2)
            {
                await givingUp.CancelAsync();
            }
        }

        await Task.WhenAll(waits);
        await WaitAsync("last");
        TestDatabase.Execute(blocker, "COMMIT");
        Assert.Equal(0, await store.LengthAsync(Cancel));

        async Task WaitAsync(string sid)
        {
            var time = Stopwatch.StartNew();
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.SetAsync(sid, database.Record(), Cancel));
            Assert.True(time.Elapsed >= patience, $"{sid} waited for {time.Elapsed} only.");
        }
    }

    [Fact]
    public async Task A_database_locked_before_it_could_be_opened_is_opened_once_it_is_free()
    {
        await using var database = new TestDatabase();
        using (var blocker = database.Connect())
        {
            TestDatabase.Execute(blocker, "BEGIN EXCLUSIVE");
            var impatient = database.Store(options => options.OperationTimeout = TimeSpan.FromMilliseconds(100));
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await impatient.OpenAsync(Cancel));
            Assert.Contains(database.File, error.Message, StringComparison.Ordinal);

            var patient = database.Store().GetAsync("a", Cancel);
            Assert.False(patient.IsCompleted);
            TestDatabase.Execute(blocker, "COMMIT");
            Assert.Null(await patient);

            // A tenth of a second is little on a busy machine.
            for (
                var attempt = 0;
                await Record.ExceptionAsync(async () => await impatient.OpenAsync(Cancel)) is SessionStoreUnavailableException;
                attempt++
            )
            {
                Assert.True(attempt < 100, "It is free, and is not opened.");
            }
        }
    }
}
