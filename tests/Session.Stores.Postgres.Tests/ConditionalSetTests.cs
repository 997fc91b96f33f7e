using Dapper;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class ConditionalSetTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NULL")]
    [InlineData("'-infinity'")]
    public async Task Expecting_nothing_replaces_a_row_that_no_one_can_read(string expire)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp); INSERT INTO session VALUES ('a', '{{}}', {expire})");
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
            Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", database.Record("new"), new SessionRecord(expected, null), Cancel));
            await store.SetAsync("a", database.Record("old"), Cancel);
            Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("new"), new SessionRecord(expected, null), Cancel));
        }
    }

    [Fact]
    public async Task A_session_that_is_destroyed_while_it_is_compared_is_missing_and_one_that_is_changed_meanwhile_is_changed()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (var (statement, result) in new[]
        {
            ("DELETE FROM session WHERE sid = 'a'", ConditionalSetResult.Missing),
            ("UPDATE session SET sess = '{}' WHERE sid = 'a'", ConditionalSetResult.Changed),
            ("UPDATE session SET expire = expire - interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Missing),
            ("UPDATE session SET expire = expire + interval '1 hour' WHERE sid = 'a'", ConditionalSetResult.Stored),
        })
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
