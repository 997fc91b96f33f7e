using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>What becomes of errors of the server: whether a second attempt can help, and what to do.</summary>
public sealed class ErrorTests(SharedMySql shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // A replica of Amazon Aurora or RDS, or any server with --read-only of MySQL.
    [InlineData(1836, "read-only")]
    // A node of Galera that is not synced.
    [InlineData(1047, "is not ready")]
    // A member of MySQL's Group Replication that has lost the majority.
    [InlineData(3100, "is not ready")]
    [InlineData(3101, "another transaction")]
    [InlineData(1637, "too much to do")]
    [InlineData(1206, "too much to do")]
    public async Task What_the_server_cannot_do_for_a_while_is_transient_and_says_what_it_is(int number, string says)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.OpenAsync(Cancel);
        await FailWritesAsync(database, number);
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.SetAsync("very-secret-id", database.Record(), Cancel)
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Null(await store.GetAsync("very-secret-id", Cancel));
        await database.ExecuteAsync("DROP TRIGGER fails");
        await store.SetAsync("very-secret-id", database.Record(), Cancel);
    }

    [Theory]
    [InlineData(1213)]
    [InlineData(3101)]
    public async Task A_statement_that_the_server_undid_for_another_is_sent_again(int number)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.OpenAsync(Cancel);
        await FailWritesAsync(database, number, when: "@was_undone IS NULL");
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData("PASSWORD EXPIRE", "has expired")]
    [InlineData("ACCOUNT LOCK", "is locked")]
    [InlineData("REQUIRE SUBJECT '/CN=nobody'", "whether it must use TLS")]
    public async Task A_user_who_may_not_log_in_any_more_is_told_why(string change, string says)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var (user, login) = await database.NewUserAsync();
        await database.ExecuteAsync($"GRANT ALL ON `{database.Name}`.* TO '{user}'@'%'");
        await database.ExecuteAsync($"ALTER USER '{user}'@'%' {change}");
        var store = database.Store(options => options.ConnectionString = login);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_server_whose_packets_hold_no_session_is_refused_at_the_start()
    {
        await using var server = await MariaDbServer.StartAsync("--max-allowed-packet=16K");
        await using var database = await server.NewDatabaseAsync();
        await using var store = OwnServer.Store(database.ConnectionString, TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains("max_allowed_packet is 16384 bytes", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    private static Task FailWritesAsync(TestDatabase database, int number, string when = "TRUE") =>
        database.ExecuteAsync(
            $"CREATE TRIGGER fails BEFORE INSERT ON sessions FOR EACH ROW BEGIN IF {when} THEN SET @was_undone = 1; SIGNAL SQLSTATE "
                + $"'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'very-secret'; END IF; END"
        );
}
