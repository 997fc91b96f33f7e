using Dapper;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConditionalSetTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NULL")]
    [InlineData("'-infinity'")]
    public async Task Expecting_nothing_replaces_a_row_that_no_one_can_read(string expire)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            $"CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp); INSERT INTO session VALUES ('a', '{{}}', {expire})"
        );
        var store = database.Store();
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", database.Record("new"), database.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), null, Cancel));
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { (byte)'{', 0, (byte)'}' })]
    [InlineData(new byte[0])]
    public async Task Expecting_what_no_column_can_hold_is_answered_and_no_error(byte[] expected)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        foreach (var type in new[] { "json", "jsonb", "text" })
        {
            await database.ExecuteAsync($"CREATE TABLE {type}_sessions (sid text PRIMARY KEY, sess {type}, expire timestamp)");
            var store = database.Store(options => options.TableName = $"{type}_sessions");
            Assert.Equal(
                ConditionalSetResult.Missing,
                await store.TrySetAsync("a", database.Record("new"), new SessionRecord(expected, null), Cancel)
            );
            await store.SetAsync("a", database.Record("old"), Cancel);
            Assert.Equal(
                ConditionalSetResult.Changed,
                await store.TrySetAsync("a", database.Record("new"), new SessionRecord(expected, null), Cancel)
            );
        }
    }

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

    [Fact]
    public async Task A_session_that_is_changed_while_it_is_to_end_is_compared_as_the_change_left_it()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (
            var (statement, result, left) in new[]
            {
                ("DELETE FROM session WHERE sid = 'a'", ConditionalSetResult.Missing, 0),
                ("UPDATE session SET sess = '{}' WHERE sid = 'a'", ConditionalSetResult.Changed, 1),
                ("UPDATE session SET expire = expire - interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Missing, 0),
                ("UPDATE session SET expire = expire + interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Stored, 0),
            }
        )
        {
            var old = database.Record("old");
            await store.SetAsync("a", old, Cancel);
            await using var other = await database.ConnectAsync();
            await using var transaction = await other.BeginTransactionAsync(Cancel);
            await other.ExecuteAsync(statement, transaction: transaction);

            var ending = store.TrySetAsync("a", database.Record(life: TimeSpan.Zero), old, Cancel).AsTask();
            await database.WaitForLockAsync();
            await transaction.CommitAsync(Cancel);
            Assert.Equal(result, await ending);
            Assert.Equal(left, await database.QueryAsync<int>("SELECT count(*) FROM session"));
        }
    }

    [Fact]
    public async Task A_session_that_is_destroyed_while_it_is_compared_is_missing_and_one_that_is_changed_meanwhile_is_changed()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (
            var (statement, result) in new[]
            {
                ("DELETE FROM session WHERE sid = 'a'", ConditionalSetResult.Missing),
                ("UPDATE session SET sess = '{}' WHERE sid = 'a'", ConditionalSetResult.Changed),
                ("UPDATE session SET expire = expire - interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Missing),
                ("UPDATE session SET expire = expire + interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Stored),
            }
        )
        {
            var old = database.Record("old");
            await store.SetAsync("a", old, Cancel);
            await using var other = await database.ConnectAsync();
            await using var transaction = await other.BeginTransactionAsync(Cancel);
            await other.ExecuteAsync(statement, transaction: transaction);

            var conditional = store.TrySetAsync("a", database.Record("new"), old, Cancel).AsTask();
            await database.WaitForLockAsync();
            await transaction.CommitAsync(Cancel);
            Assert.Equal(result, await conditional);
        }
    }
}
