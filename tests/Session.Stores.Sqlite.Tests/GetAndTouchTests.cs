namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class GetAndTouchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CAST(x'7b22ff00c3a9' AS TEXT)")]
    [InlineData("x'7b22ff00c3a9'")]
    public async Task The_beginning_is_compared_byte_for_byte_whether_the_row_holds_text_or_a_blob(string sess)
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        var expires = database.Clock.GetUtcNow().AddHours(1);
        database.Execute($"INSERT INTO sessions VALUES ('a', {database.NowMilliseconds + 1000}, {sess})");

        foreach (var (prefix, begins) in new (byte[], bool)[]
        {
            ([0x7b, 0x22, 0xff, 0x00, 0xc3], true), ([0x7b, 0x22, 0xff, 0x00, 0xc3, 0xa9], true), ([0x7b, 0x22, 0xff, 0x01], false),
            ([0x7b, 0x22, 0xff, 0x00, 0xc3, 0xa9, 0x7b], false),
        })
        {
            var answer = await store.GetAndTouchAsync("a", prefix, expires, Cancel);
            Assert.Equal(begins, answer.IsTouched);
            Assert.Equal([0x7b, 0x22, 0xff, 0x00, 0xc3, 0xa9], answer.Record!.Payload.ToArray());
        }
    }

    [Fact]
    public async Task A_live_row_without_text_or_blob_is_an_error_of_get_and_keeps_its_expiry()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        database.Execute($"INSERT INTO sessions VALUES ('a', {database.NowMilliseconds + 1000}, 1)");

        var error = await Assert.ThrowsAsync<SessionStoreException>(
            async () => await store.GetAndTouchAsync("a", default, database.Clock.GetUtcNow().AddHours(1), Cancel));
        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.Equal(database.NowMilliseconds + 1000, Convert.ToDouble(database.Query("SELECT expired FROM sessions"), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_fraction_of_a_millisecond_is_rounded_up_in_the_answer_as_it_is_at_rest()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        var answer = await store.GetAndTouchAsync("a", default, database.Clock.GetUtcNow().AddHours(1).AddTicks(1), Cancel);
        Assert.Equal(database.Clock.GetUtcNow().AddHours(1).AddMilliseconds(1), answer.Record!.Expires);
        Assert.Equal(answer.Record.Expires, (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task It_is_a_write_and_fails_where_somebody_else_has_locked_the_file_for_writing()
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.OperationTimeout = TimeSpan.FromMilliseconds(200));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.False(store.IsTouchCheap);

        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAndTouchAsync("a", default, null, Cancel));
        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }
}
