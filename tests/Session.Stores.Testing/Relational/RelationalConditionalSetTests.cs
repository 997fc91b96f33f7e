using Dapper;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

public abstract class RelationalConditionalSetTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : StoreTests<TDatabase, TStore>(newPlace)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { (byte)'{', 0, (byte)'}' })]
    [InlineData(new byte[0])]
    public async Task Expecting_what_no_column_can_hold_is_answered_and_no_error(byte[] expected)
    {
        await using var database = await NewPlaceAsync();
        foreach (var store in await StoresOfEveryFormAsync(database))
        {
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

    /// <summary>A store for each form of the column of payloads, in a table of its own.</summary>
    protected abstract Task<IReadOnlyList<TStore>> StoresOfEveryFormAsync(TDatabase database);

    /// <summary>An expiry one hour later, or that much earlier, as SQL.</summary>
    protected abstract string ExpiresMovedBy(int seconds);

    /// <summary>Nothing but an expired row could be read here.</summary>
    protected async Task AssertReplacesUnreadableAsync(string create, string insert)
    {
        await using var database = await NewPlaceAsync();
        await database.ExecuteAsync(create);
        await database.ExecuteAsync(insert);
        var store = database.NewStore();
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", database.Record("new"), database.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), null, Cancel));
        Assert.Equal(StorePlace.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    /// <summary>Another transaction changes the row while a conditional write waits for it.</summary>
    /// <param name="ends">Whether the write ends the session.</param>
    /// <param name="left">How many rows there are after each change; null: that is not looked at.</param>
    protected async Task AssertComparedAsTheChangeLeftItAsync(bool ends, int[]? left = null)
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        var (name, row) = (database.Table.Name, database.Table.Row("a"));
        var cases = new[]
        {
            ($"DELETE FROM {name} {row}", ConditionalSetResult.Missing),
            ($"UPDATE {name} SET {database.Table.Payload} = '{{}}' {row}", ConditionalSetResult.Changed),
            ($"UPDATE {name} SET {database.Table.Expires} = {ExpiresMovedBy(-3600)} {row}", ConditionalSetResult.Missing),
            ($"UPDATE {name} SET {database.Table.Expires} = {ExpiresMovedBy(3600)} {row}", ConditionalSetResult.Stored),
        };
        for (var i = 0; i < cases.Length; i++)
        {
            var (statement, result) = cases[i];
            var old = database.Record("old");
            await store.SetAsync("a", old, Cancel);
            await using var other = await database.ConnectAsync();
            await using var transaction = await other.BeginTransactionAsync(Cancel);
            await other.ExecuteAsync(statement, transaction: transaction);

            var record = ends ? database.Record(life: TimeSpan.Zero) : database.Record("new");
            var conditional = store.TrySetAsync("a", record, old, Cancel).AsTask();
            await database.WaitForLockAsync();
            await transaction.CommitAsync(Cancel);
            Assert.Equal(result, await conditional);
            if (left is not null)
            {
                Assert.Equal(left[i], await database.CountAsync());
            }
        }
    }
}
