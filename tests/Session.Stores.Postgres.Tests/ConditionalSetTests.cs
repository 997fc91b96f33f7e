using Dapper;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConditionalSetTests(SharedPostgres shared)
    : RelationalConditionalSetTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    [Theory]
    [InlineData("NULL")]
    [InlineData("'-infinity'")]
    public Task Expecting_nothing_replaces_a_row_that_no_one_can_read(string expire) =>
        AssertReplacesUnreadableAsync(
            "CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp)",
            $"INSERT INTO session VALUES ('a', '{{}}', {expire})"
        );

    [Theory]
    [InlineData("json")]
    [InlineData("jsonb")]
    public async Task What_is_to_end_removes_the_row_also_one_that_no_one_can_read_and_leaves_one_that_is_not_as_expected(string type)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            $"CREATE TABLE session (sid text PRIMARY KEY, sess {type}, expire timestamp); INSERT INTO session VALUES ('b', '{{}}', "
                + $"NULL), ('c', NULL, '-infinity')"
        );
        var store = database.Store();
        var live = database.Record();
        await store.SetAsync("a", live, Cancel);
        var ended = database.Record(life: TimeSpan.Zero);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, database.Record("other"), Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, new SessionRecord([0xff], null), Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("d", ended, live, Cancel));
        Assert.Equal(3, await database.QueryAsync<int>("SELECT count(*) FROM session"));

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", ended, live, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", ended, null, Cancel));
        await store.SetAsync("c", ended, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("d", ended, null, Cancel));
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM session"));
    }

    // What has expired meanwhile goes too.
    [Fact]
    public Task A_session_that_is_changed_while_it_is_to_end_is_compared_as_the_change_left_it() =>
        AssertComparedAsTheChangeLeftItAsync(ends: true, left: [0, 1, 0, 0]);

    [Fact]
    public Task A_session_that_is_destroyed_while_it_is_compared_is_missing_and_one_that_is_changed_meanwhile_is_changed() =>
        AssertComparedAsTheChangeLeftItAsync(ends: false);

    protected override async Task<IReadOnlyList<PostgresSessionStore>> StoresOfEveryFormAsync(TestDatabase database)
    {
        string[] types = ["json", "jsonb", "text"];
        foreach (var type in types)
        {
            await database.ExecuteAsync($"CREATE TABLE {type}_sessions (sid text PRIMARY KEY, sess {type}, expire timestamp)");
        }

        return [.. types.Select(type => database.Store(options => options.TableName = $"{type}_sessions"))];
    }

    protected override string ExpiresMovedBy(int seconds) => $"expire + interval '{seconds} seconds'";
}
