using System.Runtime.CompilerServices;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace ServerSessions;

/// <summary>
/// The only way to the store. Looks its capabilities up once, observes its connection events, and bounds every call.
/// </summary>
internal sealed class StoreClient : IDisposable
{
    private readonly ISessionStore _store;
    private readonly ITouchableSessionStore? _touchable;
    private readonly IGetAndTouchSessionStore? _touchingReads;
    private readonly IConditionalSessionStore? _conditional;
    private readonly StoreCalls _calls;
    private readonly StoreAvailability _availability;
    private volatile bool _isDisconnected;

    public StoreClient(
        ISessionStore store,
        ServerSessionOptions options,
        TimeProvider timeProvider,
        TimeProvider pauseClock,
        SessionTelemetry telemetry,
        StoreAvailability availability
    )
    {
        _store = store;
        Writers = new WriterQueue(pauseClock);
        _availability = availability;
        Backend = store.Backend;
        _touchable = store as ITouchableSessionStore;
        _touchingReads = options.TouchOnRead switch
        {
            SessionTouchOnRead.Always => store as IGetAndTouchSessionStore,
            SessionTouchOnRead.WhereCheap => store is IGetAndTouchSessionStore { IsTouchCheap: true } cheap ? cheap : null,
            _ => null,
        };
        _conditional = options.ParallelWrites == SessionParallelWrites.Merge ? store as IConditionalSessionStore : null;
        _calls = new StoreCalls(store, options.OperationTimeout, timeProvider, telemetry, availability);
        store.Disconnected += OnDisconnected;
        store.Connected += OnConnected;
    }

    public bool CanTouch => _touchable is not null;

    /// <summary>Whether a read may touch: the store can, and the options say so.</summary>
    public bool CanGetAndTouch => _touchingReads is not null;

    /// <summary>Whether sessions are written by compare-and-set: the store can, and the options say so.</summary>
    public bool IsConditional => _conditional is not null;

    /// <summary>Whether the last event of the store said that it is disconnected.</summary>
    public bool IsDisconnected => _isDisconnected;

    /// <summary>Whether sessions end with the process.</summary>
    public bool IsInMemory => _store is MemorySessionStore;

    /// <summary>The move between two stores that the store is; <see langword="null"/> if it is none.</summary>
    public MovingSessionStore? Move => _store as MovingSessionStore;

    /// <summary><see cref="ISessionStore.Backend"/> of the store: its name in messages, log lines and metrics.</summary>
    public string Backend { get; }

    /// <summary>The turns of the writers of each record.</summary>
    public WriterQueue Writers { get; }

    /// <summary>Is told which records are removed or moved.</summary>
    public IRecordWatcher? Watcher { get; set; }

    /// <summary>Refuses what needs sessions to be written by compare-and-set.</summary>
    /// <exception cref="ConditionalStoreRequiredException">They are not.</exception>
    public void ThrowIfNotConditional()
    {
        if (!IsConditional)
        {
            throw new ConditionalStoreRequiredException(Backend, canCompare: _store is IConditionalSessionStore);
        }
    }

    /// <summary>Reads a record. The exceptions that stand for "no such entry" become absence.</summary>
    public ValueTask<SessionRecord?> GetAsync(string key, CancellationToken cancellationToken) =>
        _calls.CallAsync(
            SessionStoreOperation.Get,
            static (call, token) => call.Client._store.GetAsync(call.Key, token),
            new StoreCall(this, key),
            cancellationToken
        );

    /// <summary>Reads a record, and moves the session's expiry as the plan says.</summary>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string key, SessionTouchPlan plan, CancellationToken cancellationToken) =>
        _calls.CallAsync(
            SessionStoreOperation.Get,
            static (call, token) => call.Client._touchingReads!.GetAndTouchAsync(call.Key, call.Plan, token),
            new TouchingRead(this, key, plan),
            cancellationToken
        );

    public async ValueTask SetAsync(string key, SessionRecord record, CancellationToken cancellationToken) =>
        await _calls.CallAsync(
            SessionStoreOperation.Set,
            static (call, token) => CompleteAsync(call.Client._store.SetAsync(call.Key, call.Record!, token)),
            new StoreCall(this, key, record),
            cancellationToken
        );

    public async ValueTask DestroyAsync(string key, CancellationToken cancellationToken)
    {
        await _calls.CallAsync(
            SessionStoreOperation.Destroy,
            static (call, token) => CompleteAsync(call.Client._store.DestroyAsync(call.Key, token)),
            new StoreCall(this, key),
            cancellationToken
        );
        Watcher?.OnRemoved(key);
    }

    public ValueTask<bool> TouchAsync(string key, SessionRecord record, CancellationToken cancellationToken) =>
        _calls.CallAsync(
            SessionStoreOperation.Touch,
            static (call, token) => call.Client._touchable!.TouchAsync(call.Key, call.Record!, token),
            new StoreCall(this, key, record),
            cancellationToken
        );

    /// <summary>
    /// Stores a record by compare-and-set. An equal record of another request counts as stored: what this request wants is there.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConditionalSetResult> TrySetAsync(
        string key,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        var result = await TrySetOnceAsync(key, record, expected, cancellationToken);
        return result == ConditionalSetResult.Uncertain
            ? await TrySetOnceAsync(key, record, record, cancellationToken) switch
            {
                ConditionalSetResult.Uncertain => ConditionalSetResult.Changed,
                var known => known,
            }
            : result;
    }

    /// <summary>
    /// Stores a record by compare-and-set. <see cref="ConditionalSetResult.Uncertain"/> if an equal record of another request may be the
    /// one that is stored.
    /// </summary>
    public ValueTask<ConditionalSetResult> TrySetOnceAsync(
        string key,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) =>
        _calls.CallAsync(
            SessionStoreOperation.TrySet,
            static (call, token) => call.Client._conditional!.TrySetAsync(call.Key, call.Record!, call.Expected, token),
            new StoreCall(this, key, record, expected),
            cancellationToken
        );

    /// <summary>
    /// Removes a record only if it is the expected one. By the contract, a record with a past expiry leaves nothing at rest.
    /// </summary>
    /// <returns><see cref="ConditionalSetResult.Stored"/> if this call has removed it.</returns>
    public async ValueTask<ConditionalSetResult> TryRemoveAsync(string key, SessionRecord expected, CancellationToken cancellationToken)
    {
        var nothing = SessionRecord.TakeOwnership(expected.Payload, DateTimeOffset.UnixEpoch);
        var result = await TrySetAsync(key, nothing, expected, cancellationToken);
        if (result == ConditionalSetResult.Stored)
        {
            Watcher?.OnRemoved(key);
        }

        return result;
    }

    public void Dispose()
    {
        _store.Disconnected -= OnDisconnected;
        _store.Connected -= OnConnected;
    }

    private void OnDisconnected(object? sender, EventArgs e)
    {
        _isDisconnected = true;
        _availability.Lost();
    }

    private void OnConnected(object? sender, EventArgs e)
    {
        _isDisconnected = false;
        _availability.Found();
    }

    private static async ValueTask<bool> CompleteAsync(ValueTask call)
    {
        await call;
        return true;
    }

    /// <summary>The arguments of a call, so that none needs a closure.</summary>
    private readonly record struct StoreCall(StoreClient Client, string Key, SessionRecord? Record = null, SessionRecord? Expected = null);

    private readonly record struct TouchingRead(StoreClient Client, string Key, SessionTouchPlan Plan);
}
