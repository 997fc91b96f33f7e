using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerSessions.Payload;
using ServerSessions.Stores.Postgres.Engine;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// A store that keeps sessions in one table of a PostgreSQL database, in the layout of Node's connect-pg-simple, so that a Node app can
/// share the table. The store checks the table at first use and creates it if it is missing. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Every operation is one atomic statement on one connection. A call without a reply within
/// <see cref="PostgresSessionStoreOptions.OperationTimeout"/> fails with <see cref="SessionStoreUnavailableException"/>; if it was sent, it
/// may still take effect. If a connection is broken, the statement is sent once more on another one, so a write may be executed
/// twice.</para>
/// <para>An expiry is written as connect-pg-simple writes it: in whole seconds, rounded up. A payload that
/// <see cref="SessionDocument.Parse"/> refuses is refused with <see cref="SessionPayloadException"/> before anything is sent. A column of
/// type <c>jsonb</c> returns equal JSON that may be formatted differently.</para>
/// <para>A row whose <c>expire</c> is NULL is absent. A live row whose <c>sess</c> is NULL is an error of <see cref="GetAsync"/>, and
/// <see cref="AllAsync"/> leaves it out.</para>
/// <para>The code that creates the store disposes it. Disposal refuses new calls with <see cref="ObjectDisposedException"/>, stops pruning,
/// and closes the store's own pool; a connection in use closes when its call ends. A data source that was passed in stays open.</para>
/// </remarks>
public sealed partial class PostgresSessionStore
    : IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "PostgreSQL";

    // Pruning uses a twentieth of one connection's time. On two processors this raises the p99 of other calls to 1.5 to 2 times that of
    // idle (docs/growth.md), and removes 100,000 rows in half a minute.
    private const int PruneRest = 19;

    private readonly PostgresDatabase _database;
    private readonly PruneTimer _pruner;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _defaultLifetime;
    private readonly Lock _disposing = new();
    private Task? _disposal;
    private volatile bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="PostgresSessionStore"/> class. Opens no connection.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">
    /// The clock; <see langword="null"/> for the system clock. The server's clock is never used.
    /// </param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names each invalid option.</exception>
    public PostgresSessionStore(
        PostgresSessionStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<PostgresSessionStore>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var valid = new PostgresSessionStoreOptionsValidator().Validate(Options.DefaultName, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(PostgresSessionStoreOptions), valid.Failures);
        }

        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<PostgresSessionStore>.Instance;
        _defaultLifetime = options.DefaultLifetime;
        _pruner = new PruneTimer(
            _timeProvider,
            options.PruneInterval,
            options.PruneBatch,
            PruneAsync,
            removed => Log.Pruned(_logger, removed),
            (error, removed) => Log.PruneFailed(_logger, error, removed),
            PruneRest
        );
        _database = new PostgresDatabase(options, new PostgresEvents(Opened, () => Log.Retried(_logger), Reachable));
    }

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public bool BoundsCalls => true;

    /// <summary>Raised on a pool thread when the server can be reached again. Until then the store tries by itself.</summary>
    public event EventHandler? Connected;

    /// <summary>
    /// Raised when no connection can be made because the server does not respond, is starting or is stopping. Not raised by a full pool, a
    /// late reply or a refused password.
    /// </summary>
    public event EventHandler? Disconnected;

    /// <summary>
    /// Checks the table before its first use and creates it if it is missing. Idempotent. After a failure, the next call of any kind tries
    /// again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes once the table can be used.</returns>
    /// <exception cref="SessionStoreUnavailableException">The server cannot be reached.</exception>
    /// <exception cref="SessionStoreException">The table cannot be used; the message says why and what to do.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.OpenAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        return _database.RunAsync(
            SessionStoreOperation.Get,
            (Store: this, Sid: sid),
            static (table, connection, args, call) => table.GetAsync(connection, args.Sid, args.Store.Now(), call.Stopping),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        ThrowIfNoSession(SessionStoreOperation.Set, record);
        await _database
            .RunAsync(
                SessionStoreOperation.Set,
                (Store: this, Sid: sid, Record: record),
                static (table, connection, args, call) => args.Store.SetAsync(table, connection, args.Sid, args.Record, call.Stopping),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        await _database
            .RunAsync(
                SessionStoreOperation.Destroy,
                sid,
                static (table, connection, sid, call) => table.DestroyAsync(connection, sid, call.Stopping),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        return _database.RunAsync(
            SessionStoreOperation.Touch,
            (Store: this, Sid: sid, Record: record),
            static (table, connection, args, call) =>
                table.TouchAsync(connection, args.Sid, args.Store.Expires(args.Record.Expires), args.Store.Now(), call.Stopping),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfInvalid(sid, record);
        ThrowIfNoSession(SessionStoreOperation.TrySet, record);
        return _database.RunAsync(
            SessionStoreOperation.TrySet,
            (Store: this, Sid: sid, Record: record, Expected: expected),
            static (table, connection, args, call) =>
                TrySetAsync(
                    table,
                    connection,
                    new SessionWrite(args.Sid, args.Store.Expires(args.Record.Expires), args.Record.Payload, args.Store.Now()),
                    args.Expected,
                    call
                ),
            cancellationToken
        );
    }

    /// <summary>
    /// Starts the disposal that <see cref="DisposeAsync"/> performs, without waiting for it. New calls are refused; calls in progress
    /// complete; then the store's own pool is closed. Intended for containers that are disposed synchronously. If the process exits at
    /// once, a write that is not acknowledged may be lost. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning and closes the store's own pool. Calls in progress complete. Idempotent.</summary>
    /// <returns>A task that completes once all idle connections are closed.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            return new ValueTask(_disposal ??= CloseAsync());
        }
    }

    private ValueTask<bool> SetAsync(
        SessionTable table,
        NpgsqlConnection connection,
        string sid,
        SessionRecord record,
        CancellationToken cancel
    )
    {
        var expires = Expires(record.Expires);
        return expires > Now()
            ? table.SetAsync(connection, sid, expires, record.Payload, cancel)
            : table.DestroyAsync(connection, sid, cancel);
    }

    private static async ValueTask<ConditionalSetResult> TrySetAsync(
        SessionTable table,
        NpgsqlConnection connection,
        SessionWrite write,
        SessionRecord? expected,
        PostgresCall call
    )
    {
        if (write.Expires <= write.Now)
        {
            return await table.TryEndAsync(connection, write.Sid, expected, write.Now, call.Stopping).ConfigureAwait(false);
        }

        var result = expected is null
            ? await table.TrySetAbsentAsync(connection, write, call.Stopping).ConfigureAwait(false)
            : await table.TrySetSameAsync(connection, write, PayloadAtRest.Of(expected), call.Stopping).ConfigureAwait(false);

        // The first attempt may have written before its connection broke: then the changed content is that of this call.
        return result == ConditionalSetResult.Changed && call.IsRetry
            ? await table.TrySetSameAsync(connection, write, write.Payload, call.Stopping).ConfigureAwait(false)
            : result;
    }

    private async Task CloseAsync()
    {
        _disposed = true;
        await _pruner.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private long Now() => PostgresInstant.Now(_timeProvider.GetUtcNow());

    private long Expires(DateTimeOffset? expires)
    {
        var now = _timeProvider.GetUtcNow();
        var latest = DateTimeOffset.MaxValue - now;
        return PostgresInstant.ForExpiry(expires ?? now + (_defaultLifetime < latest ? _defaultLifetime : latest), now);
    }

    private void Opened(TableLayout layout)
    {
        Log.Opened(
            _logger,
            _database.Target.Database,
            layout.Schema,
            layout.Table,
            layout.Payload,
            layout.TimeZone ?? "of the column",
            layout.IsPrepared
        );
        if (!layout.HasExpireIndex)
        {
            Log.NoIndex(_logger, layout.Schema, layout.Table);
        }

        _pruner.Start();
    }

    private void Reachable(bool isReachable)
    {
        if (isReachable)
        {
            Log.Connected(_logger, _database.Target.Database);
            Raise(Connected);
        }
        else
        {
            Log.Disconnected(_logger, _database.Target.Database);
            Raise(Disconnected);
        }
    }

    private void Raise(EventHandler? handlers) => ConnectionHandlers.Call(handlers, this, error => Log.HandlerFailed(_logger, error));

    private void ThrowIfInvalid(string sid, SessionRecord record)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
    }

    private static void ThrowIfNoSession(SessionStoreOperation operation, SessionRecord record)
    {
        try
        {
            SessionDocument.Parse(record.Payload);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(BackendName, operation);
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
