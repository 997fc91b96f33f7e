namespace ServerSessions.Stores.Memory.Tests;

public sealed class TrySetTests : MemoryStoreTest
{
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
}
