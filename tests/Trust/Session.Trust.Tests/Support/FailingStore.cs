namespace ServerSessions.Trust.Tests.Support;

/// <summary>How a call of the store fails.</summary>
internal enum StoreFault
{
    /// <summary>With an error, and nothing is done.</summary>
    BeforeEffect,

    /// <summary>With an error, and all is done.</summary>
    AfterEffect,

    /// <summary>It does nothing, and does not respond until it is given up.</summary>
    Hangs,
}

/// <summary>A store whose n-th call fails.</summary>
internal class FailingStore(ISessionStore inner) : ITouchableSessionStore, IConditionalSessionStore
{
    private int _left = int.MaxValue;
    private StoreFault _fault;

    /// <summary>Whether that call has been made.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the call is under way that does not respond.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>One that can read and touch at once where what is behind it can.</summary>
    public static FailingStore Before(ISessionStore inner) =>
        inner is IGetAndTouchSessionStore touching ? new FailingTouchingStore(touching) : new FailingStore(inner);

    public void FailAt(int call, StoreFault fault) => (_left, _fault, HasFailed) = (call, fault, false);

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        RunAsync(SessionStoreOperation.Get, () => inner.GetAsync(sid, cancellationToken), cancellationToken);

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await RunAsync(
            SessionStoreOperation.Set,
            async () =>
            {
                await inner.SetAsync(sid, record, cancellationToken);
                return true;
            },
            cancellationToken
        );

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await RunAsync(
            SessionStoreOperation.Destroy,
            async () =>
            {
                await inner.DestroyAsync(sid, cancellationToken);
                return true;
            },
            cancellationToken
        );

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        RunAsync(
            SessionStoreOperation.Touch,
            () => ((ITouchableSessionStore)inner).TouchAsync(sid, record, cancellationToken),
            cancellationToken
        );

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            SessionStoreOperation.TrySet,
            () => ((IConditionalSessionStore)inner).TrySetAsync(sid, record, expected, cancellationToken),
            cancellationToken
        );

    private protected async ValueTask<T> RunAsync<T>(
        SessionStoreOperation operation,
        Func<ValueTask<T>> call,
        CancellationToken cancellationToken
    )
    {
        var fails = Interlocked.Decrement(ref _left) == 0;
        HasFailed |= fails;
        if (fails && _fault == StoreFault.Hangs)
        {
            await HangAsync(cancellationToken);
        }

        if (fails && _fault == StoreFault.BeforeEffect)
        {
            throw Failure(operation);
        }

        var result = await call();
        return fails ? throw Failure(operation) : result;
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        IsHanging = true;

        // At the instant it is given up, not when this goes on: by then another call may hang. Never taken off again, which could come
        // before it has run.
        cancellationToken.UnsafeRegister(static store => ((FailingStore)store!).IsHanging = false, this);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private static SessionStoreUnavailableException Failure(SessionStoreOperation operation) =>
        new("A fault of the test.", operation, "Failing");
}

/// <summary>The same for a store that can read and touch at once.</summary>
internal sealed class FailingTouchingStore(IGetAndTouchSessionStore inner) : FailingStore(inner), IGetAndTouchSessionStore
{
    public bool IsTouchCheap => inner.IsTouchCheap;

    public ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    ) => RunAsync(SessionStoreOperation.Get, () => inner.GetAndTouchAsync(sid, plan, cancellationToken), cancellationToken);
}
