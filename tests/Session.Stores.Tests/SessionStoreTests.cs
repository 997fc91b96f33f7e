using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Tests;

public sealed class SessionStoreTests
{
    private static readonly SessionRecord Record = new("{}"u8, expires: null);

    [Fact]
    public async Task Disposal_closes_the_store_once_in_any_order_and_refuses_new_calls()
    {
        var store = new BoxStore(new BoxStoreOptions());
        store.Dispose();
        await Task.WhenAll(store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask());
        store.Dispose();

        Assert.Equal(1, store.Closed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync("a", Cancel).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.SetAsync("a", Record, Cancel).AsTask());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_fails_to_close_is_closed_once_and_each_caller_gets_the_error(bool isAtOnce)
    {
        var log = new SignallingLogger<BadBox>();
        var store = new BadBox(isAtOnce, log);
        store.Dispose();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => store.DisposeAsync().AsTask());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => store.DisposeAsync().AsTask());
        Assert.Equal(1, store.Closed);

        // A caller of the other method has no task that could tell it.
        await log.EventAsync("CloseFailed");
    }

    [Fact]
    public async Task An_invalid_id_and_a_missing_record_are_refused_before_anything_else()
    {
        var store = new BoxStore(new BoxStoreOptions());
        await store.DisposeAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.GetAsync("", Cancel).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.SetAsync("\0", Record, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => store.SetAsync("a", null!, Cancel).AsTask());
    }

    [Fact]
    public void One_exception_has_every_fault_of_the_options()
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            new BoxStore(new BoxStoreOptions { Place = "", DefaultLifetime = TimeSpan.Zero })
        );

        Assert.Equal(
            ["The Box session store's Place must be not empty.", "The Box session store's DefaultLifetime must be more than zero."],
            error.Failures
        );
        Assert.Throws<ArgumentNullException>(() => new BoxStore(null!));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed class BadBox(bool isAtOnce, SignallingLogger<BadBox> logger)
        : SessionStore("Box", TimeSpan.FromHours(1), timeProvider: null, logger)
    {
        public int Closed { get; private set; }

        public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        protected override Task CloseAsync()
        {
            Closed++;
            var failure = new InvalidTimeZoneException();
            return isAtOnce ? throw failure : Task.FromException(failure);
        }
    }
}
