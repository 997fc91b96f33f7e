using System.Security.Cryptography;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The only way to the store: its capabilities looked up once, its connection events heard, every call within its deadline, and sids and
/// payloads as the options want them at rest.
/// </summary>
internal sealed class StoreClient : IDisposable
{
    private readonly ISessionStore _store;
    private readonly ITouchableSessionStore? _touchable;
    private readonly IGetAndTouchSessionStore? _touchingReads;
    private readonly IConditionalSessionStore? _conditional;
    private readonly StoreConnection _connection;
    private readonly StoreCalls<SessionRecord?> _gets;
    private readonly StoreCalls<GetAndTouchResult> _touchingGets;
    private readonly StoreCalls<ConditionalSetResult> _conditionalSets;
    private readonly StoreCalls<bool> _others;
    private RecordProtection _protection;

    public StoreClient(ISessionStore store, ServerSessionOptions options, TimeProvider timeProvider)
    {
        _store = store;
        Backend = store.Backend;
        _touchable = store as ITouchableSessionStore;
        _touchingReads = options.TouchOnRead switch
        {
            SessionTouchOnRead.Always => store as IGetAndTouchSessionStore,
            SessionTouchOnRead.WhereCheap => store is IGetAndTouchSessionStore { IsTouchCheap: true } cheap ? cheap : null,
            _ => null,
        };
        _conditional = options.ParallelWrites == SessionParallelWrites.Merge ? store as IConditionalSessionStore : null;
        _protection = RecordProtection.Of(options);
        _gets = new StoreCalls<SessionRecord?>(options, timeProvider, Backend, store.MissingFileMeansAbsent);
        _touchingGets = new StoreCalls<GetAndTouchResult>(options, timeProvider, Backend, store.MissingFileMeansAbsent);
        _conditionalSets = new StoreCalls<ConditionalSetResult>(options, timeProvider, Backend, store.MissingFileMeansAbsent);
        _others = new StoreCalls<bool>(options, timeProvider, Backend, store.MissingFileMeansAbsent);
        _connection = new StoreConnection(store);
    }

    public bool CanTouch => _touchable is not null;

    /// <summary>Whether a read may touch: the store can, and the options say so.</summary>
    public bool CanGetAndTouch => _touchingReads is not null;

    /// <summary>Whether sessions are written by compare-and-set: the store can, and the options say so.</summary>
    public bool IsConditional => _conditional is not null;

    public bool IsDisconnected => _connection.IsLost;

    /// <summary><see cref="ISessionStore.Backend"/> of the store: what messages, log lines and metrics call it.</summary>
    public string Backend { get; }

    /// <summary>
    /// The name that the store keeps a session under; what every call here takes. Asked for once a request, since it may be a hash.
    /// </summary>
    public string KeyOf(string sid) => _protection.KeyOf(sid);

    /// <summary>The record to store for a session.</summary>
    /// <exception cref="SessionStoreUnavailableException">Data Protection could not read its keys.</exception>
    public SessionRecord ToRecord(string key, SessionDocument document, SessionCookie cookie, DateTimeOffset? expires)
    {
        try
        {
            return SessionRecord.TakeOwnership(_protection.Protect(key, document, cookie), expires);
        }
        catch (CryptographicException error)
        {
            throw WithoutKeys("encrypted", SessionStoreOperation.Set, error);
        }
    }

    /// <summary>The content of a record; nothing where it should be sealed and does not open.</summary>
    public SessionDocument? Open(string key, SessionRecord record)
    {
        try
        {
            return _protection.Unprotect(key, record.Payload);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(Backend, SessionStoreOperation.Get);
        }
        catch (CryptographicException error)
        {
            throw WithoutKeys("decrypted", SessionStoreOperation.Get, error);
        }
    }

    /// <summary>The cookie of a session that was read, from its JSON.</summary>
    public SessionCookie CookieOf(ReadOnlySpan<byte> json, TimeProvider timeProvider)
    {
        try
        {
            return SessionCookie.Parse(json, timeProvider);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(Backend, SessionStoreOperation.Get);
        }
    }

    /// <summary>Reads a record; the exceptions that stand for "no such entry" become absence.</summary>
    public ValueTask<SessionRecord?> GetAsync(string key, CancellationToken cancellationToken) =>
        _gets.WithinAsync(
            SessionStoreOperation.Get,
            static (call, token) => call.Store._store.GetAsync(call.Key, token),
            new StoreCall(this, key),
            cancellationToken
        );

    /// <summary>Reads a record, and moves the session's expiry as the plan says.</summary>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string key, SessionTouchPlan plan, CancellationToken cancellationToken) =>
        _touchingGets.WithinAsync(
            SessionStoreOperation.Get,
            static (call, token) => call.Store._touchingReads!.GetAndTouchAsync(call.Key, call.Plan, token),
            new TouchingRead(this, key, plan),
            cancellationToken
        );

    public async ValueTask SetAsync(string key, SessionRecord record, CancellationToken cancellationToken) =>
        await _others.WithinAsync(
            SessionStoreOperation.Set,
            static (call, token) => Answer(call.Store._store.SetAsync(call.Key, call.Record!, token)),
            new StoreCall(this, key, record),
            cancellationToken
        );

    public async ValueTask DestroyAsync(string key, CancellationToken cancellationToken) =>
        await _others.WithinAsync(
            SessionStoreOperation.Destroy,
            static (call, token) => Answer(call.Store._store.DestroyAsync(call.Key, token)),
            new StoreCall(this, key),
            cancellationToken
        );

    public ValueTask<bool> TouchAsync(string key, SessionRecord record, CancellationToken cancellationToken) =>
        _others.WithinAsync(
            SessionStoreOperation.Touch,
            static (call, token) => call.Store._touchable!.TouchAsync(call.Key, call.Record!, token),
            new StoreCall(this, key, record),
            cancellationToken
        );

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string key,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) =>
        _conditionalSets.WithinAsync(
            SessionStoreOperation.TrySet,
            static (call, token) => call.Store._conditional!.TrySetAsync(call.Key, call.Record!, call.Expected, token),
            new StoreCall(this, key, record, expected),
            cancellationToken
        );

    /// <summary>Returns a way to the same store, with the same connection and the same limits, that protects records otherwise.</summary>
    public StoreClient With(RecordProtection protection)
    {
        var next = (StoreClient)MemberwiseClone();
        next._protection = protection;
        return next;
    }

    public void Dispose() => _connection.Dispose();

    private SessionStoreUnavailableException WithoutKeys(string what, SessionStoreOperation operation, Exception cause) =>
        new(
            $"The session was not {what}: Data Protection could not read its keys. The inner exception has the cause. Check the place "
                + $"where the keys are kept.",
            operation,
            Backend,
            cause
        );

    private static async ValueTask<bool> Answer(ValueTask call)
    {
        await call;
        return true;
    }

    /// <summary>The arguments of a call, so that none needs a closure.</summary>
    private readonly record struct StoreCall(StoreClient Store, string Key, SessionRecord? Record = null, SessionRecord? Expected = null);

    private readonly record struct TouchingRead(StoreClient Store, string Key, SessionTouchPlan Plan);
}
