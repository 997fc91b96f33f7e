using System.Text;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class MemorySessionStoreTests : MemoryStoreTest
{
    [Fact]
    public async Task What_was_set_is_got_byte_for_byte_with_its_expiry()
    {
        var expires = Now + TimeSpan.FromTicks(12_345_678);
        await Store.SetAsync("a", Raw(" {\"cookie\" : {}, \"x\":\"\\ud800\"} ", expires), Cancel);

        var record = await Store.GetAsync("a", Cancel);
        Assert.Equal(" {\"cookie\" : {}, \"x\":\"\\ud800\"} ", Json(record));
        Assert.Equal(expires, record!.Expires);
    }

    [Fact]
    public async Task Bytes_that_are_no_session_are_held_too()
    {
        await Store.SetAsync("a", Raw("not json"), Cancel);
        await Store.SetAsync("b", Raw(""), Cancel);

        Assert.Equal("not json", Json(await Store.GetAsync("a", Cancel)));
        Assert.Equal("", Json(await Store.GetAsync("b", Cancel)));
    }

    [Fact]
    public async Task A_record_that_was_handed_out_does_not_follow_the_store()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var before = await Store.GetAsync("a", Cancel);
        var expires = before!.Expires;
        await Store.TouchAsync("a", Record("\"n\":1", TimeSpan.FromDays(2)), Cancel);
        await Store.SetAsync("a", Record("\"n\":2"), Cancel);
        await Store.DestroyAsync("a", Cancel);

        Assert.Equal(Payload("\"n\":1"), Json(before));
        Assert.Equal(expires, before.Expires);
    }

    [Fact]
    public async Task Bad_arguments_are_refused_before_anything_is_done()
    {
        var record = Record("\"n\":1");
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.GetAsync("", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.SetAsync("a\0", record, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await Store.SetAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DestroyAsync(new string('a', 513), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.TouchAsync("", record, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await Store.TouchAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.TrySetAsync("", record, null, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await Store.TrySetAsync("a", null!, null, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.PruneAsync(0, Cancel));

        Assert.Equal(0, await Store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_beforehand_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.SetAsync("a", Record("\"n\":2"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.SetAsync("b", Record("\"n\":2"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.DestroyAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.TouchAsync("a", Record("\"n\":2"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.TrySetAsync("b", Record("\"n\":2"), null, cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.LengthAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ClearAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.PruneAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.AllAsync(cancelled).GetAsyncEnumerator(Cancel).MoveNextAsync()
        );

        Assert.Equal(["a"], await AllSids());
        Assert.Equal(Payload("\"n\":1"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public void Every_operation_completes_synchronously()
    {
        AssertDone(Store.SetAsync("a", Record("\"n\":1"), Cancel));
        AssertDone(Store.GetAsync("a", Cancel).AsTask());
        AssertDone(Store.TouchAsync("a", Record("\"n\":1"), Cancel).AsTask());
        AssertDone(Store.TrySetAsync("b", Record("\"n\":1"), null, Cancel).AsTask());
        AssertDone(Store.LengthAsync(Cancel).AsTask());
        AssertDone(Store.PruneAsync(1, Cancel).AsTask());
        AssertDone(Store.DestroyAsync("a", Cancel));
        AssertDone(Store.ClearAsync(Cancel));
    }

    [Fact]
    public async Task A_get_that_finds_its_session_allocates_nothing()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        await Store.SetAsync("b", Record("\"n\":1"), Cancel);
        await Store.GetAsync("a", Cancel);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var a = Store.GetAsync("a", Cancel);
        var b = Store.GetAsync("b", Cancel);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotSame(await a, await b);
    }

    private static void AssertDone(ValueTask operation) => Assert.True(operation.IsCompletedSuccessfully);

    private static void AssertDone(Task operation) => Assert.True(operation.IsCompletedSuccessfully);
}
