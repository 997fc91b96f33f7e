using System.Runtime.CompilerServices;

namespace ServerSessions.Conformance.Tests.Reference;

/// <summary>
/// A store that keeps the whole contract, in small overridable steps: a mutant overrides one of them and is wrong in that alone.
/// </summary>
internal partial class ReferenceStore(Setup setup)
    : IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IAsyncDisposable
{
    public const int MaxPayload = 1_500_000;

    // A backend that hangs never replies, so that a busy machine makes no difference.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(30);

    private readonly Lock _starting = new();
    private ITimer? _pruning;
    private bool _down;

    public event EventHandler? Connected;

    public event EventHandler? Disconnected;

    protected Space Space { get; } = setup.Space;

    protected StoreRequest Request { get; } = setup.Request;

    protected virtual DateTimeOffset Now => Request.Clock.GetUtcNow();

    protected virtual TimeSpan Lifetime => Request.DefaultLifetime;

    public virtual bool MissingFileMeansAbsent => false;

    public virtual bool BoundsCalls => true;

    public virtual async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid);
        await EnterAsync(SessionStoreOperation.Get, cancellationToken);
        return Find(sid) is { } row ? ToRecord(row) : Absent(sid);
    }

    public virtual async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid);
        ThrowIfInvalid(record);
        await EnterAsync(SessionStoreOperation.Set, cancellationToken);
        await PutAsync(sid, record);
    }

    public virtual async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid);
        await EnterAsync(SessionStoreOperation.Destroy, cancellationToken);
        lock (Space.Gate)
        {
            Remove(sid);
        }
    }

    public virtual async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid);
        ThrowIfInvalid(record);
        await EnterAsync(SessionStoreOperation.Touch, cancellationToken);
        lock (Space.Gate)
        {
            return Retouch(sid, record);
        }
    }

    public virtual bool IsTouchCheap => true;

    public virtual async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfInvalid(sid);
        await EnterAsync(SessionStoreOperation.Get, cancellationToken);
        lock (Space.Gate)
        {
            return GetAndTouch(sid, plan);
        }
    }

    public virtual async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfInvalid(sid);
        ThrowIfInvalid(record);
        await EnterAsync(SessionStoreOperation.TrySet, cancellationToken);
        lock (Space.Gate)
        {
            var result = Compare(Find(sid), expected);
            if (result == ConditionalSetResult.Stored)
            {
                Put(sid, record);
            }

            return result;
        }
    }

    public virtual async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await EnterAsync(SessionStoreOperation.All, cancellationToken);
        foreach (var (key, row) in Listed())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsLive(row) && !row.Damaged)
            {
                yield return new SessionEntry(SidOf(key), ToRecord(row));
            }
        }
    }

    public virtual async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        await EnterAsync(SessionStoreOperation.Length, cancellationToken);
        return Space.Rows.Values.Count(IsLive);
    }

    public virtual async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        await EnterAsync(SessionStoreOperation.Clear, cancellationToken);
        Space.Rows.Clear();
    }

    public virtual async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        await EnterAsync(SessionStoreOperation.Prune, cancellationToken);
        lock (Space.Gate)
        {
            return Prune(batch);
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _pruning?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    protected virtual void ThrowIfInvalid(string sid) => Sid.ThrowIfInvalid(sid);

    protected virtual void ThrowIfInvalid(SessionRecord record) => ArgumentNullException.ThrowIfNull(record);

    /// <summary>What comes before every operation: cancellation and the state of the backend.</summary>
    protected virtual async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Request.PrunesItself)
        {
            lock (_starting)
            {
                var interval = ReferenceHarness.DefaultSettings.PruneInterval!.Value;
                _pruning ??= Request.Clock.CreateTimer(static store => ((ReferenceStore)store!).PruneByItself(), this, interval, interval);
            }
        }

        if (Space.Fault == StoreFault.Hang)
        {
            await WaitAsync(operation, cancellationToken);
        }

        if (Space.Fault == StoreFault.Denied)
        {
            throw Denied(operation);
        }

        if (Space.Fault == StoreFault.ReadOnly && IsWrite(operation))
        {
            throw new SessionStoreException("The disk is full.", operation, "Reference", isTransient: true);
        }

        if (Space.Fault == StoreFault.Unavailable)
        {
            var first = !_down;
            _down = true;
            if (first)
            {
                Raise(Disconnected);
            }

            throw new SessionStoreUnavailableException("The backend cannot be reached.", operation, "Reference");
        }

        if (_down)
        {
            _down = false;
            Raise(Connected);
        }
    }

    private static bool IsWrite(SessionStoreOperation operation) =>
        operation
            is SessionStoreOperation.Set
                or SessionStoreOperation.TrySet
                or SessionStoreOperation.Touch
                or SessionStoreOperation.Destroy
                or SessionStoreOperation.Clear
                or SessionStoreOperation.Prune;

    /// <summary>Waits for a backend that hangs.</summary>
    protected virtual async ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            await Space.Mended.WaitAsync(Bound, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new SessionStoreUnavailableException("There was no reply.", operation, "Reference");
        }
    }

    protected virtual Exception Denied(SessionStoreOperation operation) =>
        new SessionStoreException("The login is refused.", operation, "Reference", isTransient: false);

    protected virtual EventArgs Arguments => EventArgs.Empty;

    protected virtual void PruneByItself()
    {
        lock (Space.Gate)
        {
            Prune(int.MaxValue);
        }
    }

    protected virtual void Raise(EventHandler? handlers)
    {
        foreach (var handler in handlers?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler)handler)(this, Arguments);
            }
            catch (InvalidOperationException)
            {
                // A handler's fault is its own.
            }
        }
    }

    protected void RaiseDisconnected() => Raise(Disconnected);
}
