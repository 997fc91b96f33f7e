using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerSessions.Payload;
using ServerSessions.Stores.Postgres.Engine;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// Sessions in one table of a PostgreSQL database, laid out as Node's connect-pg-simple does, so that a Node app can use the same table at
/// the same time. Looks at the table at first use and creates it where it is missing.
/// </summary>
/// <remarks>
/// <para>Every operation is one statement on one connection, and atomic. A call that is not answered within
/// <see cref="PostgresSessionStoreOptions.OperationTimeout"/> fails with <see cref="SessionStoreUnavailableException"/>; it may still take
/// effect where it had been sent. A connection that turns out to be dead is replaced and the statement sent once more: what was written
/// then is written as of the second time.</para>
/// <para>An expiry is written as connect-pg-simple writes it: in whole seconds, rounded up. What is stored must be a session,
/// <see cref="SessionDocument.Parse"/> decides; a record that is none is refused with <see cref="SessionPayloadException"/> before anything
/// is sent. A column of type <c>jsonb</c> gives the JSON back in its own writing.</para>
/// <para>A row whose <c>expire</c> is NULL is absent. A live row whose <c>sess</c> is NULL is an error of <see cref="GetAsync"/>, and is
/// left out by <see cref="AllAsync"/>.</para>
/// <para>Whoever makes the store disposes it: that refuses new calls with <see cref="ObjectDisposedException"/>, stops pruning, and closes
/// the pool that the store has made, a connection in use once its call has ended. A data source that was handed in stays open.</para>
/// </remarks>
public sealed partial class PostgresSessionStore
    : IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary><see cref="ISessionStore.Backend"/> of every store of this kind.</summary>
    internal const string BackendName = "PostgreSQL";

    // A twentieth of one connection's time: on two processors the p99 of the calls beside it is one and a half times to twice that of idle
    // (docs/growth.md), and 100,000 rows go in half a minute.
    private const int PruneRest = 19;

    private readonly PostgresDatabase _database;
    private readonly PruneTimer _pruner;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _defaultLifetime;
    private readonly Lock _disposing = new();
    private Task? _disposal;
    private volatile bool _disposed;

    /// <summary>Makes a store. Nothing is connected yet.</summary>
    /// <param name="options">The options; later changes to them have no effect.</param>
    /// <param name="timeProvider">What tells the time; <see langword="null"/>: the system's. The server's clock is never asked.</param>
    /// <param name="logger">Where to log; <see langword="null"/>: nowhere.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The options break a rule; the message says which.</exception>
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

    /// <summary>Raised, on a thread of the pool, when the server can be reached again. The store tries by itself until then.</summary>
    public event EventHandler? Connected;

    /// <summary>
    /// Raised when a connection could not be made because nobody answers or the server is starting or stopping. Not raised by a full pool,
    /// a late answer or a refused password.
    /// </summary>
    public event EventHandler? Disconnected;

    /// <summary>
    /// Looks at the table now rather than at first use, and creates it where it is missing. Idempotent. A failure is not kept: the next
    /// call of any kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
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
    /// Begins what <see cref="DisposeAsync"/> does and waits for none of it: new calls are refused from now on, those under way end, and
    /// the pool is closed, unless it was handed in, after that. For containers that are disposed synchronously. A program that ends at once
    /// may end before a write that was not acknowledged yet. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning and closes the pool that the store has made. Idempotent. Calls that are under way end.</summary>
    /// <returns>A task that completes once no connection is idle any more.</returns>
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

        // The first attempt may have written before its connection broke: what is "changed" then is what this very call has stored.
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
