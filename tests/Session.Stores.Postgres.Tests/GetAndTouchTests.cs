using System.Text;
using Dapper;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class GetAndTouchTests(SharedPostgres shared)
{
    private static readonly byte[] Prefix = """{"cookie":{"""u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("json", "timestamp(6)")]
    [InlineData("text", "timestamptz")]
    [InlineData("varchar", "timestamp(0)")]
    [InlineData("jsonb", "timestamptz")]
    public async Task A_column_that_keeps_the_text_is_compared_with_it_and_jsonb_with_its_own_writing(string sess, string expire)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            $"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'Asia/Kolkata'; CREATE TABLE session (sid varchar PRIMARY KEY, sess "
                + $"{sess} NOT NULL, expire {expire} NOT NULL)"
        );
        var store = database.Store();
        Assert.False(store.IsTouchCheap);
        await store.SetAsync("a", database.Record(), Cancel);
        var set = await store.GetAsync("a", Cancel);

        // jsonb puts a space after each colon.
        var asGiven = await store.GetAndTouchAsync(
            "a",
            new SessionTouchPlan { Prefix = Prefix, Expires = database.Clock.GetUtcNow().AddHours(1) },
            Cancel
        );
        Assert.Equal(sess != "jsonb", asGiven.IsTouched);
        Assert.Equal(set!.Payload, asGiven.Record!.Payload);
        Assert.Equal(asGiven.IsTouched ? database.Clock.GetUtcNow().AddHours(1) : set.Expires, asGiven.Record.Expires);

        var asRead = await store.GetAndTouchAsync(
            "a",
            new SessionTouchPlan { Prefix = asGiven.Record.Payload[..12], Expires = database.Clock.GetUtcNow().AddHours(2) },
            Cancel
        );
        var every = await store.GetAndTouchAsync("a", new SessionTouchPlan { Expires = database.Clock.GetUtcNow().AddHours(3) }, Cancel);
        Assert.True(asRead.IsTouched && every.IsTouched);
        Assert.Equal(database.Clock.GetUtcNow().AddHours(2), asRead.Record!.Expires);
        Assert.Equal(database.Clock.GetUtcNow().AddHours(3), every.Record!.Expires);
        Assert.Equal(every.Record.Expires, (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_session_that_begins_otherwise_gets_no_new_version_of_its_row()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        var row = await RowAsync();
        Assert.False(
            (
                await store.GetAndTouchAsync(
                    "a",
                    new SessionTouchPlan { Prefix = "{\"x"u8.ToArray(), Expires = database.Clock.GetUtcNow().AddHours(1) },
                    Cancel
                )
            ).IsTouched
        );
        Assert.Equal(row, await RowAsync());
        Assert.True(
            (
                await store.GetAndTouchAsync(
                    "a",
                    new SessionTouchPlan { Prefix = Prefix, Expires = database.Clock.GetUtcNow().AddHours(1) },
                    Cancel
                )
            ).IsTouched
        );
        Assert.NotEqual(row, await RowAsync());

        Task<string?> RowAsync() => database.QueryAsync<string>("SELECT ctid::text || xmin::text FROM session");
    }

    [Fact]
    public async Task A_beginning_that_no_column_can_hold_or_that_cuts_a_character_is_compared_and_no_error()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", new SessionRecord(Encoding.UTF8.GetBytes("""{"é":1,"cookie":{}}"""), null), Cancel);
        foreach (
            var (prefix, begins) in new (byte[], bool)[]
            {
                ([(byte)'{', (byte)'"', 0xc3], true),
                ([(byte)'{', (byte)'"', 0xc3, 0xa9, (byte)'"'], true),
                ([(byte)'{', (byte)'"', 0xff], false),
                ([(byte)'{', 0], false),
                (new byte[100_000], false),
            }
        )
        {
            var answer = await store.GetAndTouchAsync("a", new SessionTouchPlan { Prefix = prefix }, Cancel);
            Assert.Equal(begins, answer.IsTouched);
            Assert.NotNull(answer.Record);
        }
    }

    [Fact]
    public async Task The_expiry_in_the_answer_is_what_the_column_holds_in_the_hour_that_clocks_repeat_too()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'America/New_York'");
        var store = database.Store();
        var change = new DateTimeOffset(2026, 11, 1, 6, 0, 0, TimeSpan.Zero);
        database.Clock.AdjustTime(change.AddHours(-3));
        await store.SetAsync("a", database.Record(), Cancel);
        foreach (var seconds in new[] { -5400, -3600, -1800, -0.5, 0, 1800, 5400 })
        {
            var answer = await store.GetAndTouchAsync(
                "a",
                new SessionTouchPlan { Prefix = Prefix, Expires = change.AddSeconds(seconds) },
                Cancel
            );
            Assert.True(answer.IsTouched);
            Assert.Equal((await store.GetAsync("a", Cancel))!.Expires, answer.Record!.Expires);
            Assert.True(answer.Record.Expires >= change.AddSeconds(seconds));
        }
    }

    [Fact]
    public async Task A_session_that_is_changed_while_it_waits_is_answered_as_the_change_left_it()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (
            var (statement, isThere, isTouched) in new[]
            {
                ("DELETE FROM session WHERE sid = 'a'", false, false),
                ("UPDATE session SET expire = expire - interval '1 hour' WHERE sid = 'a'", false, false),
                ("UPDATE session SET sess = '{\"other\":1}' WHERE sid = 'a'", true, false),
                ("UPDATE session SET sess = '{\"cookie\":{},\"value\":\"other\"}' WHERE sid = 'a'", true, true),
            }
        )
        {
            await store.SetAsync("a", database.Record(), Cancel);
            await using var other = await database.ConnectAsync();
            await using var transaction = await other.BeginTransactionAsync(Cancel);
            await other.ExecuteAsync(statement, transaction: transaction);

            var waiting = store
                .GetAndTouchAsync("a", new SessionTouchPlan { Prefix = Prefix, Expires = database.Clock.GetUtcNow().AddHours(1) }, Cancel)
                .AsTask();
            await database.WaitForLockAsync();
            await transaction.CommitAsync(Cancel);
            var answer = await waiting;
            Assert.Equal((isThere, isTouched), (answer.Record is not null, answer.IsTouched));
            Assert.Equal((await store.GetAsync("a", Cancel))?.Payload.ToArray(), answer.Record?.Payload.ToArray());
        }
    }

    [Fact]
    public async Task A_live_row_without_content_is_an_error_of_get_and_keeps_its_expiry()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            "CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp); INSERT INTO session VALUES ('a', NULL, '2999-01-01')"
        );
        var store = database.Store();
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAndTouchAsync("a", default, Cancel));
        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.True(await database.QueryAsync<bool>("SELECT expire = '2999-01-01' FROM session"));
    }
}
