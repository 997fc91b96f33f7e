using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using ServerSessions.Payload;
using ServerSessions.Stores.Mongo.Connection;
using ServerSessions.Stores.Mongo.Statements;

namespace ServerSessions.Stores.Mongo;

/// <summary>
/// Stores sessions in one MongoDB collection, in the documents of Node's connect-mongo 6, which a Node app can use at the same time.
/// Connects at first use and creates the TTL index if it is missing. Thread-safe.
/// </summary>
/// <remarks>
/// <para>The primary executes every call within <see cref="MongoSessionStoreOptions.OperationTimeout"/>, or the call fails with <see
/// cref="SessionStoreUnavailableException"/>. Every query compares the expiry, so an expired session is absent even before the server
/// removes it.</para>
/// <para>A document without <c>expires</c> is a live session, as in connect-mongo. Its reported expiry is the default lifetime from now;
/// its next write or touch sets one. A document whose <c>expires</c> is not a date is absent. A document whose id is not a string is not a
/// session. If <c>session</c> of a live document is neither string nor document, <see cref="GetAsync"/> fails and <see cref="AllAsync"/>
/// leaves it out.</para>
/// <para>The creator of the store disposes it. From then on, calls throw <see cref="ObjectDisposedException"/> and pruning stops. The store
/// closes its own client and leaves one that was passed in open.</para>
/// </remarks>
public sealed partial class MongoSessionStore
    : SessionStore,
        IOpenableSessionStore,
        IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPruneReportingStore,
        ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "MongoDB";

    private readonly MongoConnection _connection;
    private readonly SessionMapping _mapping;
    private readonly Func<string, SessionStore> _createSibling;
    private readonly PruneTimer _pruner;

    /// <summary>Initializes a new instance of the <see cref="MongoSessionStore"/> class. Does not connect.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">The logger; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid. The message lists every fault.</exception>
    public MongoSessionStore(MongoSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<MongoSessionStore>? logger = null)
        : base(
            BackendName,
            StoreOptionsRules.Valid(options, new MongoSessionStoreOptionsValidator()).DefaultLifetime,
            timeProvider,
            logger
        )
    {
        _mapping = new SessionMapping(options, Clock);
        var siblings = options.ForSiblings();
        _createSibling = name => new MongoSessionStore(siblings(name), timeProvider, logger);
        _connection = new MongoConnection(options, _mapping, Opened);
        _pruner = new PruneTimer(PruneAsync, new PruneSchedule(options.PruneInterval, options.PruneBatch), Clock.TimeProvider, Logger);
    }

    /// <inheritdoc/>
    /// <value>Always <see langword="false"/>: a touch writes the document and waits for the write concern.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <see cref="MongoSessionStoreOptions.PruneInterval"/>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public event EventHandler<PruneRun>? Pruned
    {
        add => _pruner.Ended += value;
        remove => _pruner.Ended -= value;
    }

    /// <inheritdoc/>
    public TimeSpan PruneInterval => _pruner.Interval;

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <summary>
    /// Connects now instead of at first use, and creates the TTL index if it is missing. Idempotent. After a failure, the next call of any
    /// kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when the collection is ready.</returns>
    /// <exception cref="SessionStoreException">The collection cannot be used. The message says why and what to do.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _connection.OpenAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return _connection.RunAsync(
            SessionStoreOperation.Get,
            sid,
            static (sessions, sid, token) => sessions.GetAsync(sid, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    /// <exception cref="SessionPayloadException">The format is <see cref="MongoSessionFormat.Document"/> and the payload is not a
    /// session.</exception>
    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        var fields = Fields(SessionStoreOperation.Set, record, null);
        var isStored = await _connection
            .RunAsync(
                SessionStoreOperation.Set,
                (Sid: sid, Fields: fields),
                static (sessions, call, token) => sessions.SetAsync(call.Sid, call.Fields, token),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!isStored)
        {
            throw _connection.Errors.Contended(SessionStoreOperation.Set);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        await _connection
            .RunAsync(
                SessionStoreOperation.Destroy,
                sid,
                static (sessions, sid, token) => sessions.DestroyAsync(sid, token),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        return _connection.RunAsync(
            SessionStoreOperation.Touch,
            (Sid: sid, record.Expires),
            static (sessions, call, token) => sessions.TouchAsync(call.Sid, call.Expires, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    /// <exception cref="SessionPayloadException">The format is <see cref="MongoSessionFormat.Document"/> and the payload is not a
    /// session.</exception>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfUnusable(sid, record);
        var fields = Fields(SessionStoreOperation.TrySet, record, expected?.Token);
        return _connection.RunAsync(
            SessionStoreOperation.TrySet,
            (Sid: sid, Fields: fields, Expected: expected),
            static (sessions, call, token) => sessions.TrySetAsync(call.Sid, call.Fields, call.Expected, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    /// <remarks>
    /// One statement if the session is touched; otherwise a second one reads it. A session stored as a sub-document or binary is touched
    /// only if the prefix is empty, because its beginning cannot be compared. A touch that <see
    /// cref="MongoSessionStoreOptions.TouchAfter"/> skips does not move the expiry, and the result says so.
    /// </remarks>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return _connection.RunAsync(
            SessionStoreOperation.Get,
            (Sid: sid, Plan: plan),
            static (sessions, call, token) => sessions.GetAndTouchAsync(call.Sid, call.Plan, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Also removes documents whose <c>expires</c> is not a date: no client can read them, and the server's TTL monitor keeps them.
    /// </remarks>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var removed = 0;
        bool hasMore;
        do
        {
            ThrowIfDisposed();
            var chunk = await _connection
                .RunAsync(
                    SessionStoreOperation.Prune,
                    batch - removed,
                    static (sessions, most, token) => sessions.PruneAsync(most, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
            removed += chunk.Removed;
            hasMore = chunk.HasMore;
        } while (hasMore && removed < batch);
        return removed;
    }

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <inheritdoc/>
    protected override async Task CloseAsync()
    {
        await _pruner.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Returns the fields that a write sets, or fails before anything is sent.</summary>
    private BsonDocument Fields(SessionStoreOperation operation, SessionRecord record, object? token)
    {
        try
        {
            return _mapping.ToFields(record, token);
        }
        catch (UnwritableSessionException error)
        {
            throw _connection.Errors.From(error, operation);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(BackendName, operation);
        }
    }

    private void Opened(bool hasOtherIndex)
    {
        LogKeptIn(_connection.Errors.Place);
        if (hasOtherIndex)
        {
            Log.OtherIndex(Logger, _connection.Errors.Place);
        }

        _pruner.Start();
    }
}
