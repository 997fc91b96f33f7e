using ServerSessions.Simulation.World;

namespace ServerSessions.Simulation.Users;

/// <summary>The simulated store, after whose calls the one who acts may crash.</summary>
internal sealed class CrashingStore(SimStore inner) : ITouchableSessionStore, IConditionalSessionStore
{
    public SimStore Inner => inner;

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        ThenAsync(inner.GetAsync(sid, cancellationToken));

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        ThenAsync(inner.TouchAsync(sid, record, cancellationToken));

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) => ThenAsync(inner.TrySetAsync(sid, record, expected, cancellationToken));

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        await inner.SetAsync(sid, record, cancellationToken);
        await AfterAsync();
    }

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        await inner.DestroyAsync(sid, cancellationToken);
        await AfterAsync();
    }

    private static async ValueTask<T> ThenAsync<T>(ValueTask<T> call)
    {
        var result = await call;
        await AfterAsync();
        return result;
    }

    private static Task AfterAsync() => Actor.Current?.AfterCallAsync() ?? Task.CompletedTask;
}
