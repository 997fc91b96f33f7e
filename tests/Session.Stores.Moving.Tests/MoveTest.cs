using System.Text;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>Two stores in memory that can be made to fail, and moves between them.</summary>
public abstract class MoveTest : IAsyncDisposable
{
    protected MoveTest()
    {
        Old = FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions(), Clock));
        New = FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions(), Clock));
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected FaultySessionStore Old { get; }

    protected FaultySessionStore New { get; }

    /// <summary>An instance of the application.</summary>
    protected MovingSessionStore Instance(SessionMoveMode mode) => MovingSessionStore.Create(Old, New, () => mode, Clock);

    protected SessionRecord Record(string value, TimeSpan? life = null) =>
        new(
            Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}"""),
            Clock.GetUtcNow() + (life ?? TimeSpan.FromHours(1))
        );

    protected static string TextOf(SessionRecord? record) => record is null ? "absent" : Encoding.UTF8.GetString(record.Payload.Span);

    protected static async Task<string> AtRestAsync(FaultySessionStore store, string sid) =>
        TextOf(await store.Inner.GetAsync(sid, Cancel));

    public async ValueTask DisposeAsync()
    {
        await Old.DisposeAsync();
        await New.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
