namespace Session.Trust.Tests.Support;

/// <summary>A store whose n-th call fails, before or after it had its effect.</summary>
internal sealed class FailingStore(ISessionStore inner) : ITouchableSessionStore, IConditionalSessionStore
{
    private int _left = int.MaxValue;
    private bool _afterEffect;

    public bool HasFailed { get; private set; }

    public void FailAt(int call, bool afterEffect) => (_left, _afterEffect, HasFailed) = (call, afterEffect, false);

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        RunAsync(SessionStoreOperation.Get, () => inner.GetAsync(sid, cancellationToken));

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await RunAsync(SessionStoreOperation.Set, async () =>
        {
            await inner.SetAsync(sid, record, cancellationToken);
            return true;
        });

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await RunAsync(SessionStoreOperation.Destroy, async () =>
        {
            await inner.DestroyAsync(sid, cancellationToken);
            return true;
        });

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        RunAsync(SessionStoreOperation.Touch, () => ((ITouchableSessionStore)inner).TouchAsync(sid, record, cancellationToken));

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid, SessionRecord record, SessionRecord? expected, CancellationToken cancellationToken = default) =>
        RunAsync(SessionStoreOperation.TrySet, () => ((IConditionalSessionStore)inner).TrySetAsync(sid, record, expected, cancellationToken));

    private async ValueTask<T> RunAsync<T>(SessionStoreOperation operation, Func<ValueTask<T>> call)
    {
        var fails = Interlocked.Decrement(ref _left) == 0;
        HasFailed |= fails;
        if (fails && !_afterEffect)
        {
            throw Failure(operation);
        }

        var result = await call();
        return fails ? throw Failure(operation) : result;
    }

    private static SessionStoreUnavailableException Failure(SessionStoreOperation operation) =>
        new("A fault of the test.", operation, "Failing");
}
