using Dapper;
using MySqlConnector;
using ServerSessions.Testing;
using static ServerSessions.Stores.MySql.Tests.OwnServer;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class FaultTests(ITestOutputHelper output)
    : RelationalFaultTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(StartAsync, output)
{
    protected override string WithoutTls => "None";

    // A call takes more round trips than with PostgreSQL.
    protected override TimeSpan SlowNetwork => TimeSpan.FromMilliseconds(20);

    // The driver opens connections one after the other; on a busy machine the last of them come too late for a call of one second.
    protected override Task CallWithNewConnectionAsync(Func<ValueTask> operation) => SucceedsAsync(operation);

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
            Output.WriteLine(error.Message);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }
}
