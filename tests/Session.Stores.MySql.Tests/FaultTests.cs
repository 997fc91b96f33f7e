using System.Diagnostics;
using Dapper;
using MySqlConnector;
using ServerSessions.Testing;
using static ServerSessions.Stores.MySql.Tests.OwnServer;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>
/// Faults of the connection and of the server, each with a server of its own. Figures are printed; the deadline is the store's own.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    // How much later than the timeout a reply may come on a machine that does other things besides.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_pool_serves_many_and_never_deadlocks()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, database.ConnectionString) + ";Maximum Pool Size=2", TimeSpan.FromSeconds(60));
        await store.OpenAsync(Cancel);
        proxy.Delay(TimeSpan.FromMilliseconds(5));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
        Assert.Equal(200, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Where_the_pool_is_too_small_the_rest_fails_in_time_and_the_store_goes_on()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, database.ConnectionString) + ";Maximum Pool Size=2", Deadline);
        await SucceedsAsync(() => store.OpenAsync(Cancel));
        proxy.Delay(TimeSpan.FromMilliseconds(20));
        var (served, late, longest) = await CountAsync(200, i => store.SetAsync($"{i}", Record(), Cancel));
        output.WriteLine($"{served} served, {late} too late, the longest took {longest.TotalMilliseconds:0} ms");
        Assert.True(served > 0 && late > 0);
        Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);

        // What had not got a connection when its caller left is not written later.
        proxy.Pass();
        await SucceedsAsync(() => store.SetAsync("after", Record(), Cancel));
        Assert.InRange(await store.LengthAsync(Cancel), served, served + 4 + 1);
    }

    [Fact]
    public async Task A_frozen_server_costs_a_call_its_deadline_and_the_process_no_threads()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString + ";Maximum Pool Size=20;SSL Mode=None", Deadline);
        await SucceedsAsync(() => store.SetAsync("very-secret-id", Record(), Cancel));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SucceedsAsync(async () => await store.GetAsync($"{i}", Cancel))));
        var threads = ThreadPool.ThreadCount;
        server.Process.Freeze();
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var (served, late, longest) = await CountAsync(100, async i => await store.GetAsync("very-secret-id", Cancel));
                output.WriteLine(
                    $"{late} too late, the longest took {longest.TotalMilliseconds:0} ms, {ThreadPool.ThreadCount} threads of the "
                        + $"pool, before {threads}"
                );
                Assert.Equal(0, served);
                Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);
            }

            // Were each of the calls to hold a thread while it asks to be cancelled, these would not come round.
            for (var i = 0; i < 1000; i++)
            {
                await Task.Yield();
            }
        }
        finally
        {
            server.Process.Thaw();
        }

        var stopwatch = Stopwatch.StartNew();
        await SucceedsAsync(async () => await store.GetAsync("very-secret-id", Cancel));
        output.WriteLine($"well again {stopwatch.ElapsedMilliseconds} ms after the server");
        await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => SucceedsAsync(() => store.SetAsync($"{i}", Record(), Cancel)))
        );
    }

    [Fact]
    public async Task A_network_that_swallows_everything_is_survived_without_a_restart()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, database.ConnectionString) + ";Maximum Pool Size=10", Deadline);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SucceedsAsync(() => store.SetAsync($"{i}", Record(), Cancel))));
        proxy.BlackHole();
        var (served, _, longest) = await CountAsync(30, i => store.SetAsync($"{i}", Record(), Cancel));
        Assert.Equal(0, served);
        Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);

        // The lost connections stay lost; only new ones work.
        proxy.Pass();
        var stopwatch = Stopwatch.StartNew();
        await SucceedsAsync(() => store.SetAsync("a", Record(), Cancel));
        output.WriteLine($"well again {stopwatch.ElapsedMilliseconds} ms after the network");
        Assert.InRange(stopwatch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_is_down_is_said_at_once_and_its_return_is_seen_without_a_call()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString, TimeSpan.FromSeconds(30));
        var events = new List<string>();
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Disconnected += (_, _) => events.Add("disconnected");
        store.Connected += (_, _) =>
        {
            events.Add("connected");
            connected.TrySetResult();
        };
        await store.SetAsync("very-secret-id", Record(), Cancel);
        Assert.Empty(events);

        await server.Process.StopAsync();
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await store.GetAsync("very-secret-id", Cancel)
            );
            Assert.Equal(SessionStoreOperation.Get, error.Operation);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("tests-only", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["disconnected"], events);
        await server.Process.StartAgainAsync(Cancel);
        var stopwatch = Stopwatch.StartNew();
        await connected.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        output.WriteLine($"seen {stopwatch.ElapsedMilliseconds} ms after the return");
        Assert.Equal(["disconnected", "connected"], events);
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task A_lock_that_is_held_too_long_ends_the_call_and_the_statement()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString, Deadline);
        await SucceedsAsync(() => store.SetAsync("very-secret-id", Record("old"), Cancel));
        await using var blocker = new MySqlConnection(database.ConnectionString + ";Pooling=false");
        await blocker.OpenAsync(Cancel);
        await using (var transaction = await blocker.BeginTransactionAsync(Cancel))
        {
            await blocker.ExecuteAsync("UPDATE sessions SET expires = expires + 1", transaction: transaction);
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await store.SetAsync("very-secret-id", Record("lost"), Cancel)
            );
            Assert.Contains(
                "did not reply within 1.0 s (OperationTimeout). The call may still take effect",
                error.Message,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);

            // The server was asked to cancel, so that the statement does not wait on.
            while (await TestDatabase.RowLockWaitsAsync(blocker, transaction) > 0)
            {
                await Task.Delay(10, Cancel);
            }

            using var leaving = new CancellationTokenSource();
            var given = store.DestroyAsync("very-secret-id", leaving.Token).AsTask();
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
            await transaction.CommitAsync(Cancel);
        }

        await SucceedsAsync(() => store.SetAsync("very-secret-id", Record("new"), Cancel));
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_lock_that_the_server_gives_up_on_first_is_said_so()
    {
        await using var server = await MariaDbServer.StartAsync("--innodb-lock-wait-timeout=1");
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString, TimeSpan.FromSeconds(30));
        await store.SetAsync("very-secret-id", Record("old"), Cancel);
        await using var blocker = new MySqlConnection(database.ConnectionString + ";Pooling=false");
        await blocker.OpenAsync(Cancel);
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await blocker.ExecuteAsync("UPDATE sessions SET expires = expires + 1", transaction: transaction);
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.SetAsync("very-secret-id", Record("lost"), Cancel)
        );
        Assert.Contains("held the row for too long. Nothing was written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_became_a_replica_is_left_for_the_next_and_said()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var (user, login) = await database.NewUserAsync();
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `{database.Name}`.* TO '{user}'@'%'");
        await using var store = Store(login, TimeSpan.FromSeconds(30));
        await store.SetAsync("a", Record(), Cancel);
        await server.ScalarAsync("SET GLOBAL read_only = 1");
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.SetAsync("a", Record(), Cancel));
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.GetAsync("a", Cancel));

        // One that starts there serves reads.
        await using var another = Store(login, TimeSpan.FromSeconds(30));
        Assert.NotNull(await another.GetAsync("a", Cancel));
        await server.ScalarAsync("SET GLOBAL read_only = 0");
        await store.SetAsync("a", Record(), Cancel);
    }

    [Fact]
    public async Task A_server_without_a_free_connection_is_said_and_is_no_outage()
    {
        await using var server = await MariaDbServer.StartAsync("--max-connections=10");
        await using var database = await server.NewDatabaseAsync();
        var (user, login) = await database.NewUserAsync();
        await database.ExecuteAsync($"GRANT ALL ON `{database.Name}`.* TO '{user}'@'%'");
        await using var store = Store(login, TimeSpan.FromSeconds(30));
        var disconnected = 0;
        store.Disconnected += (_, _) => disconnected++;
        var taken = new List<MySqlConnection>();
        try
        {
            while (taken.Count < 10)
            {
                taken.Add(new MySqlConnection(login + ";Pooling=false"));
                await taken[^1].OpenAsync(Cancel);
            }
        }
        catch (MySqlException)
        {
            // Full.
        }

        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));
        Assert.Contains("no free connection", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, disconnected);
        foreach (var connection in taken)
        {
            await connection.DisposeAsync();
        }

        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task TLS_is_checked_and_a_failure_says_what_is_wrong_and_is_no_outage()
    {
        using var certificate = TestCertificate.For("127.0.0.1");
        using var expired = TestCertificate.ExpiredFor("127.0.0.1");
        await using var server = await MariaDbServer.StartWithTlsAsync(certificate);
        await using var database = await server.NewDatabaseAsync();
        var verified = database.ConnectionString + ";SSL Mode=VerifyFull";
        await using (var store = Store($"{verified};SSL CA={certificate.AuthorityFile}", TimeSpan.FromSeconds(30)))
        {
            await store.SetAsync("a", Record(), Cancel);
        }

        await using var old = await MariaDbServer.StartWithTlsAsync(expired);
        await using var elsewhere = await old.NewDatabaseAsync();
        await using var plain = await MariaDbServer.StartAsync();
        await using var there = await plain.NewDatabaseAsync();
        foreach (
            var (connectionString, says) in new[]
            {
                (verified, "not trusted"),
                ($"{elsewhere.ConnectionString};SSL Mode=VerifyFull;SSL CA={expired.AuthorityFile}", "TLS could not be set up"),
                ($"{there.ConnectionString};SSL Mode=Required", "does not use TLS"),
                ($"{verified};SSL CA=/nowhere/very-secret.pem", "the files that they name"),
            }
        )
        {
            await using var store = Store(connectionString, TimeSpan.FromSeconds(30));
            store.Disconnected += (_, _) => Assert.Fail("It is no outage.");
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
            output.WriteLine(error.Message);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }

    private static async Task SucceedsAsync(Func<ValueTask> call)
    {
        while (await Xunit.Record.ExceptionAsync(async () => await call()) is { } error)
        {
            Assert.IsType<SessionStoreUnavailableException>(error);
        }
    }

    private static async Task<(int Served, int Late, TimeSpan Longest)> CountAsync(int calls, Func<int, ValueTask> call)
    {
        var ends = await Task.WhenAll(
            Enumerable
                .Range(0, calls)
                .Select(async i =>
                {
                    var stopwatch = Stopwatch.StartNew();
                    var error = await Xunit.Record.ExceptionAsync(async () => await call(i));
                    if (error is not null)
                    {
                        Assert.IsType<SessionStoreUnavailableException>(error);
                        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
                    }

                    return (IsServed: error is null, stopwatch.Elapsed);
                })
        );
        return (ends.Count(static end => end.IsServed), ends.Count(static end => !end.IsServed), ends.Max(static end => end.Elapsed));
    }
}
