using ServerSessions.Stores.Memory;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>What is beside the sessions, such as the list of a user's sessions, moves with them.</summary>
public sealed class SiblingTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemorySessionStore _old;
    private readonly MemorySessionStore _new;

    public SiblingTests() => (_old, _new) = (NewStore(), NewStore());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_beside_a_move_is_a_move_between_the_stores_beside_both()
    {
        var move = MovingSessionStore.Create(_old, _new, static () => SessionMoveMode.CarryToNew, _clock);
        await _old.GetSibling("users").SetAsync("list", Record(), Cancel);

        Assert.NotNull(await move.GetSibling("users").GetAsync("list", Cancel));

        Assert.True(MovingSessionStore.IsSession((await _new.GetSibling("users").GetAsync("list", Cancel))!));
        Assert.Null(await move.GetAsync("list", Cancel));
        Assert.Same(move.GetSibling("users"), move.GetSibling("users"));
    }

    [Fact]
    public async Task A_drain_carries_what_is_beside_the_sessions_too()
    {
        var move = MovingSessionStore.Create(_old, _new, static () => SessionMoveMode.CarryToNew, _clock);
        await _old.GetSibling("users").SetAsync("list", Record(), Cancel);
        move.GetSibling("users");

        var result = await StoreMove.DrainAsync(move, cancellationToken: Cancel);

        Assert.Equal((1, 0), (result.Moved, result.Left));
        Assert.NotNull(await _new.GetSibling("users").GetAsync("list", Cancel));
    }

    [Fact]
    public void A_move_between_stores_of_which_one_has_none_beside_it_says_which()
    {
        var move = MovingSessionStore.Create(_old, new StoreAlone(_new), static () => SessionMoveMode.Stay, _clock);

        var refusal = Assert.Throws<NotSupportedException>(() => move.GetSibling("users"));

        Assert.StartsWith("The new session store of the move (Alone)", refusal.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _old.DisposeAsync();
        await _new.DisposeAsync();
    }

    private MemorySessionStore NewStore() => new(new MemorySessionStoreOptions(), _clock);

    private SessionRecord Record() => new("""{"cookie":{},"value":1}"""u8, _clock.GetUtcNow() + TimeSpan.FromHours(1));
}
