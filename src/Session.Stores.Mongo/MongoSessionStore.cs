using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using ServerSessions.Payload;
using ServerSessions.Stores.Mongo.Engine;

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
    : IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "MongoDB";

    // An upsert fails if another inserts the same id at that moment. The next attempt finds that document, unless it was removed again.
    private const int MaxUpserts = 8;

    private readonly MongoConnection _connection;
    private readonly SessionMapping _mapping;
    private readonly PruneTimer _pruner;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private volatile bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="MongoSessionStore"/> class. Does not connect.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">The logger; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid. The message lists every fault.</exception>
    public MongoSessionStore(MongoSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<MongoSessionStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var valid = new MongoSessionStoreOptionsValidator().Validate(Options.DefaultName, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(MongoSessionStoreOptions), valid.Failures);
        }

        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MongoSessionStore>.Instance;
        _mapping = new SessionMapping(options, _timeProvider);
        _connection = new MongoConnection(options, Opened);
        _pruner = new PruneTimer(
            _timeProvider,
            options.PruneInterval,
            options.PruneBatch,
            PruneAsync,
            removed => Log.Pruned(_logger, removed),
            (error, removed) => Log.PruneFailed(_logger, error, removed)
        );
    }

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public bool BoundsCalls => true;

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
    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        using var found = await _connection
            .RunAsync(
                SessionStoreOperation.Get,
                (Sid: sid, Now: Now()),
                static (collection, call, token) => collection.FindAsync(call.Sid, call.Now, token),
                cancellationToken
            )
            .ConfigureAwait(false);
        try
        {
            return found is null ? null : _mapping.ToRecord(found);
        }
        catch (UnreadableSessionException error)
        {
            throw _connection.Failures.From(error, SessionStoreOperation.Get);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SessionPayloadException">The format is <see cref="MongoSessionFormat.Document"/> and the payload is not a
    /// session.</exception>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        var fields = Fields(SessionStoreOperation.Set, record, null);
        if (IsEnd(fields))
        {
            await _connection
                .RunAsync(
                    SessionStoreOperation.Set,
                    sid,
                    static (collection, sid, token) => collection.DestroyAsync(sid, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return;
        }

        for (var attempt = 0; attempt < MaxUpserts; attempt++)
        {
            if (
                await _connection
                    .RunAsync(
                        SessionStoreOperation.Set,
                        (Sid: sid, Fields: fields),
                        static (collection, call, token) => collection.TrySetAsync(call.Sid, call.Fields, token),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
            {
                return;
            }
        }

        throw _connection.Failures.Contended(SessionStoreOperation.Set);
    }

    /// <inheritdoc/>
    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        await _connection
            .RunAsync(
                SessionStoreOperation.Destroy,
                sid,
                static (collection, sid, token) => collection.DestroyAsync(sid, token),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        return _connection.RunAsync(
            SessionStoreOperation.Touch,
            (Store: this, Sid: sid, Record: record),
            static (collection, call, token) => call.Store.TouchAsync(collection, call.Sid, call.Record, token),
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
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        var fields = Fields(SessionStoreOperation.TrySet, record, expected?.Token);
        return _connection.RunAsync(
            SessionStoreOperation.TrySet,
            (Store: this, Sid: sid, Fields: fields, Expected: expected),
            static (collection, call, token) => call.Store.TrySetAsync(collection, call.Sid, call.Fields, call.Expected, token),
            cancellationToken
        );
    }

    /// <summary>
    /// Starts <see cref="DisposeAsync"/> without waiting for it. New calls are refused at once; calls in progress end; then the store
    /// closes its own client. For containers that are disposed synchronously. If the process exits immediately, a write that was not
    /// acknowledged may be lost. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning and closes the store's own client. Idempotent.</summary>
    /// <returns>A task that completes when pruning has stopped and the client is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _pruner.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Opens the collection; logs an unreachable server instead of failing the start of the application.</summary>
    internal async Task OpenAtStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreUnavailableException error)
        {
            Log.StartedUnavailable(_logger, error);
        }
    }

    private async Task<bool> TouchAsync(SessionCollection collection, string sid, SessionRecord record, CancellationToken cancellationToken)
    {
        var now = Now();
        var expires = _mapping.Expires(record.Expires);
        if (_mapping.MaySkipTouches && expires > now)
        {
            var atRest = await collection.FindExpiryAsync(sid, now, cancellationToken).ConfigureAwait(false);
            if (atRest is null)
            {
                return false;
            }

            if (atRest is BsonDateTime date && !_mapping.IsTouchDue(now, date, expires))
            {
                return true;
            }
        }

        return await collection
            .TryUpdateAsync(SessionFilters.Alive(sid, now), _mapping.ToFields(expires), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<ConditionalSetResult> TrySetAsync(
        SessionCollection collection,
        string sid,
        BsonDocument fields,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        var now = Now();
        var isEnd = IsEnd(fields);
        if (expected is null)
        {
            var isStored = isEnd
                ? await TryEndAbsentAsync(collection, sid, now, cancellationToken).ConfigureAwait(false)
                : await collection.TrySetAbsentAsync(sid, now, fields, cancellationToken).ConfigureAwait(false);
            return isStored ? ConditionalSetResult.Stored : ConditionalSetResult.Changed;
        }

        var same = SessionFilters.AliveAndEqual(sid, now, _mapping.EqualTo(expected));
        if (
            isEnd
                ? await collection.TryDeleteAsync(same, cancellationToken).ConfigureAwait(false)
                : await collection.TryUpdateAsync(same, fields, cancellationToken).ConfigureAwait(false)
        )
        {
            return ConditionalSetResult.Stored;
        }

        return await collection.ExistsAsync(sid, now, cancellationToken).ConfigureAwait(false)
            ? ConditionalSetResult.Changed
            : ConditionalSetResult.Missing;
    }

    /// <summary>Leaves an absent session absent and removes an expired document.</summary>
    private static async Task<bool> TryEndAbsentAsync(
        SessionCollection collection,
        string sid,
        BsonDateTime now,
        CancellationToken cancellationToken
    )
    {
        await collection.TryDeleteAsync(SessionFilters.Dead(sid, now), cancellationToken).ConfigureAwait(false);
        return !await collection.ExistsAsync(sid, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns whether the written expiry is not in the future.</summary>
    private bool IsEnd(BsonDocument fields) => fields[SessionFilters.Expires].AsBsonDateTime <= Now();

    /// <summary>Returns the fields that a write sets. Other fields of the document (connect-mongo's createdAt) stay.</summary>
    private BsonDocument Fields(SessionStoreOperation operation, SessionRecord record, object? token)
    {
        try
        {
            return _mapping.ToFields(record, token);
        }
        catch (UnwritableSessionException error)
        {
            throw _connection.Failures.From(error, operation);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(BackendName, operation);
        }
    }

    private BsonDateTime Now() => BsonInstant.Now(_timeProvider.GetUtcNow());

    private void Opened(bool hasOtherIndex)
    {
        Log.Opened(_logger, _connection.Description);
        if (hasOtherIndex)
        {
            Log.OtherIndex(_logger, _connection.Description);
        }

        _pruner.Start();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
