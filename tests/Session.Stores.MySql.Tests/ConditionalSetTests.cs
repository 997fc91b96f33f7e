using Dapper;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class ConditionalSetTests(SharedMySql shared)
    : RelationalConditionalSetTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    public static TheoryData<MySqlSessionFormat> Formats { get; } = [.. Enum.GetValues<MySqlSessionFormat>()];

    [Fact]
    public Task Expecting_nothing_replaces_a_row_that_no_one_can_read() =>
        AssertReplacesUnreadableAsync(ExpressMySqlSession.CreateTable, "INSERT INTO sessions VALUES ('a', 0, '{}')");

    [Fact]
    public async Task A_row_of_an_id_that_differs_in_blanks_at_its_end_is_not_the_sessions_and_a_write_takes_its_place()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (var write in new[] { "Set", "TrySet" })
        {
            await store.ClearAsync(Cancel);
            await database.ExecuteAsync($"INSERT INTO sessions VALUES ('a ', {database.InSeconds(60)}, '{{\"cookie\":{{}}}}')");
            Assert.Null(await store.GetAsync("a", Cancel));
            Assert.NotNull(await store.GetAsync("a ", Cancel));
            Assert.False(await store.TouchAsync("a", database.Record(), Cancel));
            await store.DestroyAsync("a", Cancel);
            Assert.Equal(1, await store.LengthAsync(Cancel));
            if (write == "Set")
            {
                await store.SetAsync("a", database.Record("ours"), Cancel);
            }
            else
            {
                Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("ours"), null, Cancel));
            }

            // In Node the two are one session, whose row it is now.
            Assert.Equal("a", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
            Assert.Null(await store.GetAsync("a ", Cancel));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Payloads_that_differ_in_case_accent_or_blanks_are_different(MySqlSessionFormat format)
    {
        await using var database = await TestDatabase.CreateAsync(shared, format);
        var store = database.Store();
        await store.SetAsync("a", database.Record("é"), Cancel);
        foreach (var other in new[] { "É", "e", "e\u0301", "é " })
        {
            Assert.Equal(
                ConditionalSetResult.Changed,
                await store.TrySetAsync("a", database.Record("new"), database.Record(other), Cancel)
            );
        }

        var blank = new SessionRecord([.. TestDatabase.Payload("é"), (byte)' '], null);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("new"), blank, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), database.Record("é"), Cancel));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_write_of_what_is_there_already_counts_as_one(MySqlSessionFormat format)
    {
        // The server changes nothing then, and counts the row all the same.
        await using var database = await TestDatabase.CreateAsync(shared, format);
        var store = database.Store();
        var record = database.Record("same");
        await store.SetAsync("a", record, Cancel);
        await store.SetAsync("a", record, Cancel);
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", record, record, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", record, null, Cancel));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_is_to_end_removes_the_row_also_an_expired_one_and_leaves_one_that_is_not_as_expected(MySqlSessionFormat format)
    {
        await using var database = await TestDatabase.CreateAsync(shared, format);
        var store = database.Store();
        var live = database.Record();
        await store.SetAsync("a", live, Cancel);
        await database.ExecuteAsync("INSERT INTO sessions VALUES ('b', 0, '{}'), ('c', 0, '{}')");
        var ended = database.Record(life: TimeSpan.Zero);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, database.Record("other"), Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("d", ended, live, Cancel));
        Assert.Equal(3, await database.QueryAsync<int>("SELECT count(*) FROM sessions"));

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", ended, live, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", ended, null, Cancel));
        await store.SetAsync("c", ended, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("d", ended, null, Cancel));
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM sessions"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_session_that_is_changed_while_it_is_compared_is_compared_as_the_change_left_it(bool ends) =>
        AssertComparedAsTheChangeLeftItAsync(ends);

    [Fact]
    public async Task A_statement_that_loses_a_deadlock_is_sent_again()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record("old"), Cancel);

        // The store's statement also locks a row that the other has. The other has made more changes, so that the store's is the one to
        // lose: only then can the other have the session's row as well.
        await database.ExecuteAsync("CREATE TABLE held (i int PRIMARY KEY)");
        await database.ExecuteAsync("INSERT INTO held VALUES (1)");
        await database.ExecuteAsync(
            "CREATE TRIGGER locks BEFORE UPDATE ON sessions FOR EACH ROW SET @held = (SELECT i FROM held WHERE i = 1 FOR UPDATE)"
        );
        await using var other = await database.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await other.ExecuteAsync(
            $"CREATE TEMPORARY TABLE weight (i int) ENGINE=InnoDB; INSERT INTO weight SELECT {Rows.Number} FROM {Rows.Of(500)}; "
                + "SELECT * FROM held WHERE i = 1 FOR UPDATE",
            transaction: transaction
        );
        var touching = store.TouchAsync("a", database.Record(life: TimeSpan.FromHours(1)), Cancel).AsTask();
        await database.WaitForLockAsync();
        await other.ExecuteAsync("SELECT * FROM sessions WHERE session_id = 'a' FOR UPDATE", transaction: transaction);
        await transaction.CommitAsync(Cancel);
        Assert.True(await touching);
        Assert.Equal(database.Clock.GetUtcNow().AddHours(1), (await store.GetAsync("a", Cancel))!.Expires);
    }

    protected override Task<IReadOnlyList<MySqlSessionStore>> StoresOfEveryFormAsync(TestDatabase database) =>
        Task.FromResult<IReadOnlyList<MySqlSessionStore>>(
            [
                .. Enum.GetValues<MySqlSessionFormat>()
                    .Select(format => database.Store(options => (options.Format, options.TableName) = (format, $"{format}"))),
            ]
        );

    protected override string ExpiresMovedBy(int seconds) => $"expires + ({seconds})";
}
