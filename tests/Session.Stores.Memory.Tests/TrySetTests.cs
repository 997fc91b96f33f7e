namespace Session.Stores.Memory.Tests;

public sealed class TrySetTests : MemoryStoreTest
{
    [Fact]
    public async Task With_nothing_expected_it_creates_and_only_creates()
    {
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Record("\"n\":1"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Record("\"n\":2"), null, Cancel));
        Assert.Equal(Payload("\"n\":1"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_record_that_was_got_is_expected_until_the_next_write()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var got = await Store.GetAsync("a", Cancel);

        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Record("\"n\":2"), got, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Record("\"n\":3"), got, Cancel));
        Assert.Equal(Payload("\"n\":2"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_record_that_was_listed_is_expected_too()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        await foreach (var entry in Store.AllAsync(Cancel))
        {
            Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync(entry.Sid, Record("\"n\":2"), entry.Record, Cancel));
        }

        Assert.Equal(Payload("\"n\":2"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_record_that_was_stored_is_expected_without_a_token()
    {
        var first = Record("\"n\":1");
        var second = Record("\"n\":2");
        var third = Record("\"n\":3");
        await Store.SetAsync("a", first, Cancel);

        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", second, first, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", third, second, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", first, second, Cancel));
        Assert.Equal(Payload("\"n\":3"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_touch_meanwhile_is_no_change_of_content()
    {
        var stored = Record("\"n\":1");
        await Store.SetAsync("a", stored, Cancel);
        await Store.SetAsync("b", stored, Cancel);
        var got = await Store.GetAsync("a", Cancel);
        var touch = Raw("""{"cookie":{"path":"/other"},"n":1}""");
        await Store.TouchAsync("a", touch, Cancel);
        await Store.TouchAsync("b", touch, Cancel);

        Assert.NotEqual(Json(stored), Json(await Store.GetAsync("a", Cancel)));
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Record("\"n\":2"), got, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("b", Record("\"n\":2"), stored, Cancel));
    }

    [Fact]
    public async Task The_same_content_written_again_is_another_one_for_who_got_the_first()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var got = await Store.GetAsync("a", Cancel);
        await Store.DestroyAsync("a", Cancel);
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);

        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Record("\"n\":2"), got, Cancel));
    }

    [Fact]
    public async Task A_token_of_another_kind_of_store_does_not_count()
    {
        var foreign = new SessionRecord(Record("\"n\":1").Payload.Span, expires: null, token: "42");
        await Store.SetAsync("a", foreign, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Record("\"n\":2"), foreign, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Record("\"n\":3"), foreign, Cancel));
    }

    [Fact]
    public async Task Bytes_that_are_no_session_are_compared_as_they_are()
    {
        await Store.SetAsync("a", Raw("not json"), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Raw("x"), Raw("not  json"), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Raw("x"), Raw("not json"), Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Raw("y"), Record("\"n\":1"), Cancel));
    }

    [Fact]
    public async Task Where_the_expected_session_is_gone_nothing_is_stored()
    {
        var record = Record("\"n\":1", TimeSpan.FromSeconds(1));
        Assert.Equal(ConditionalSetResult.Missing, await Store.TrySetAsync("never", record, record, Cancel));

        await Store.SetAsync("destroyed", record, Cancel);
        var destroyed = await Store.GetAsync("destroyed", Cancel);
        await Store.DestroyAsync("destroyed", Cancel);
        Assert.Equal(ConditionalSetResult.Missing, await Store.TrySetAsync("destroyed", record, destroyed, Cancel));

        await Store.SetAsync("expired", record, Cancel);
        var expired = await Store.GetAsync("expired", Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ConditionalSetResult.Missing, await Store.TrySetAsync("expired", Record("\"n\":2"), expired, Cancel));

        Assert.Equal([], await AllSids());
    }
}
