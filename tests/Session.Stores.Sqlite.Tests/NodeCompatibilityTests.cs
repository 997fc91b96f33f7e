using System.Text;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>Rows as connect-sqlite3 0.9.18 writes and reads them: the statements here are its own.</summary>
public sealed class NodeCompatibilityTests
{
    private const string NodeCreate = "CREATE TABLE IF NOT EXISTS sessions (sid PRIMARY KEY, expired, sess)";
    private const string NodeSet = "INSERT OR REPLACE INTO sessions VALUES ($sid, $expired, $sess)";
    private const string NodeSession =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:56:12.432Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë","n":1.5}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_table_is_exactly_that_of_connect_sqlite3_with_an_index_beside_it()
    {
        await using var database = new TestDatabase();
        await database.Store().OpenAsync(Cancel);
        Assert.Equal(
            "CREATE TABLE \"sessions\" (sid PRIMARY KEY, expired, sess)",
            database.Query("SELECT sql FROM sqlite_schema WHERE name = 'sessions'")
        );
        Assert.Equal("sessions", database.Query("SELECT tbl_name FROM sqlite_schema WHERE name = 'sessions_expired' AND type = 'index'"));
        Assert.Equal("wal", database.Query("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_row_that_Node_wrote_is_read_with_its_bytes_and_its_expiry()
    {
        await using var database = new TestDatabase();
        database.Execute(NodeCreate);
        database.Execute(NodeSet, ("$sid", "node"), ("$expired", database.NowMilliseconds + 60000), ("$sess", NodeSession));
        Assert.Equal("real", database.Query("SELECT typeof(expired) FROM sessions"));

        var store = database.Store();
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(NodeSession, Encoding.UTF8.GetString(read!.Payload.Span));
        Assert.Equal(database.Clock.GetUtcNow().AddMinutes(1), read.Expires);
        Assert.Equal("node", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.True(await store.TouchAsync("node", database.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", database.Record("ours"), read, Cancel));
    }

    [Fact]
    public async Task A_row_of_ours_is_stored_as_Node_stores_it_and_found_by_its_own_query()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        var record = new SessionRecord(Encoding.UTF8.GetBytes(NodeSession), database.Clock.GetUtcNow().AddMinutes(1));
        await store.SetAsync("ours", record, Cancel);

        Assert.Equal("text real text", database.Query("SELECT typeof(sid) || ' ' || typeof(expired) || ' ' || typeof(sess) FROM sessions"));
        var now = database.NowMilliseconds;
        Assert.Equal(NodeSession, database.Query($"SELECT sess FROM sessions WHERE sid = 'ours' AND {now} <= expired"));
        Assert.Null(database.Query($"SELECT sess FROM sessions WHERE sid = 'ours' AND {now + 60001} <= expired"));
    }

    [Fact]
    public async Task The_expired_column_rules_whatever_the_cookie_in_the_payload_says()
    {
        await using var database = new TestDatabase();
        database.Execute(NodeCreate);
        var stale = """{"cookie":{"originalMaxAge":1,"expires":"2001-01-01T00:00:00.000Z"}}""";
        database.Execute(NodeSet, ("$sid", "alive"), ("$expired", database.NowMilliseconds + 1), ("$sess", stale));
        database.Execute(NodeSet, ("$sid", "over"), ("$expired", database.NowMilliseconds), ("$sess", NodeSession));
        var store = database.Store();
        Assert.NotNull(await store.GetAsync("alive", Cancel));
        Assert.Null(await store.GetAsync("over", Cancel));
    }

    [Theory]
    [InlineData("'2999-01-01T00:00:00.000Z'", 0)]
    [InlineData("'2026-03-01T11:59:59.999Z'", 1)]
    [InlineData("'2026-03-01T12:00:00.001Z'", 0)]
    [InlineData("'1795388172432'", 1)]
    [InlineData("'soon'", 1)]
    [InlineData("NULL", 1)]
    [InlineData("x'ff'", 1)]
    public async Task What_is_no_number_is_never_alive_and_does_not_stay_for_ever(string expired, int pruned)
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        database.Execute($"INSERT INTO sessions VALUES ('a', {expired}, '{{}}')");
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Empty(await store.AllAsync(Cancel).ToListAsync(Cancel));
        Assert.False(await store.TouchAsync("a", database.Record(), Cancel));
        Assert.Equal(pruned, await store.PruneAsync(10, Cancel));
    }

    [Theory]
    [InlineData("NULL")]
    [InlineData("7")]
    public async Task A_live_row_without_a_payload_is_an_error_of_get_and_left_out_of_a_listing(string sess)
    {
        await using var database = new TestDatabase();
        var logger = new SignallingLogger();
        var store = database.Store(logger: logger);
        await store.SetAsync("good", database.Record(), Cancel);
        database.Execute($"INSERT INTO sessions VALUES ('very-secret-id', {database.NowMilliseconds + 60000}, {sess})");

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, logger.Count("Unreadable"));
        Assert.NotNull(await store.GetAsync("good", Cancel));
    }

    [Fact]
    public async Task Numbers_outside_the_calendar_are_its_ends()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        database.Execute("INSERT INTO sessions VALUES ('far', 8.64e15, '{}'), ('endless', 9e999, '{}'), ('long ago', -9e999, '{}')");
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("far", Cancel))!.Expires);
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("endless", Cancel))!.Expires);
        Assert.Null(await store.GetAsync("long ago", Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task Two_tables_in_one_file_know_nothing_of_each_other()
    {
        await using var database = new TestDatabase();
        var first = database.Store();
        var second = database.Store(options => options.TableName = "o'ther \"sessions\"; --");
        await first.SetAsync("a", database.Record("first"), Cancel);
        await second.SetAsync("a", database.Record("second"), Cancel);
        await second.ClearAsync(Cancel);
        Assert.Null(await second.GetAsync("a", Cancel));
        Assert.Equal(TestDatabase.Payload("first"), (await first.GetAsync("a", Cancel))!.Payload.ToArray());
    }
}
