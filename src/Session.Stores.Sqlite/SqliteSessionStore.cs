using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Sqlite.Engine;

namespace ServerSessions.Stores.Sqlite;

/// <summary>
/// Sessions in one table of an SQLite file, laid out as Node's connect-sqlite3 does, so that a Node app can use the same file at the same
/// time. Opens the file at first use and creates the table where it is missing.
/// </summary>
/// <remarks>
/// <para>No calling thread waits for SQLite: writes go through one background thread, which commits what waits in one transaction and
/// acknowledges it after the commit; reads run at once on a connection of their own or together with those that wait for it, and the
/// write-ahead log keeps them from waiting for writers. A call that cannot be served within
/// <see cref="SqliteSessionStoreOptions.OperationTimeout"/> fails with <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>A row whose <c>expired</c> is not a number is absent, and is pruned (text that is a date: once that has passed). A live row whose
/// <c>sess</c> is neither text nor blob is an error of <see cref="GetAsync"/>, and is left out by <see cref="AllAsync"/>.</para>
/// <para>Whoever makes the store disposes it: that refuses new calls with <see cref="ObjectDisposedException"/>, lets queued writes end,
/// stops pruning and closes the file.</para>
/// </remarks>
public sealed partial class SqliteSessionStore
    : ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary><see cref="ISessionStore.Backend"/> of every store of this kind.</summary>
    internal const string BackendName = "SQLite";

    private readonly SessionTable _table;
    private readonly SqliteDatabase _database;
    private readonly PruneTimer _pruning;
    private readonly PrunePace _prunePace = new();
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _defaultLifetime;
    private readonly Lock _disposing = new();
    private Task? _disposal;
    private volatile bool _disposed;

    /// <summary>Makes a store. Nothing is opened yet.</summary>
    /// <param name="options">The options; later changes to them have no effect.</param>
    /// <param name="timeProvider">What tells the time; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/>: nowhere.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The options break a rule; the message says which.</exception>
    public SqliteSessionStore(
        SqliteSessionStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<SqliteSessionStore>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var valid = new SqliteSessionStoreOptionsValidator().Validate(Options.DefaultName, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(SqliteSessionStoreOptions), valid.Failures);
        }

        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<SqliteSessionStore>.Instance;
        _defaultLifetime = options.DefaultLifetime;
        var sql = new SessionSql(options.TableName);
        _table = new SessionTable(sql);
        _database = new SqliteDatabase(options, sql, Opened, Waited, NotCarriedOver);
        _pruning = new PruneTimer(
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

    /// <summary>
    /// Opens the database now rather than at first use, and creates what is missing in it. Idempotent. A failure is not kept: the next call
    /// of any kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the database is open.</returns>
    /// <exception cref="SessionStoreException">It cannot be opened; the message says why and what to do.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.OpenAsync(SessionStoreOperation.Open, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        return _database.ReadAsync(
            SessionStoreOperation.Get,
            (Table: _table, Sid: sid, Now: Now()),
            static (connection, call) => call.Table.Get(connection, call.Sid, call.Now),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        await _database
            .WriteAsync(
                SessionStoreOperation.Set,
                (Store: this, Sid: sid, Record: record),
                static (connection, call) =>
                {
                    call.Store.Set(connection, call.Sid, call.Record);
                    return true;
                },
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
            .WriteAsync(
                SessionStoreOperation.Destroy,
                (Table: _table, Sid: sid),
                static (connection, call) =>
                {
                    call.Table.Destroy(connection, call.Sid);
                    return true;
                },
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
        return _database.WriteAsync(
            SessionStoreOperation.Touch,
            (Store: this, Sid: sid, Record: record),
            static (connection, call) =>
                call.Store._table.Touch(connection, call.Sid, call.Store.Expires(call.Record.Expires), call.Store.Now()),
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
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        return _database.WriteAsync(
            SessionStoreOperation.TrySet,
            (Store: this, Sid: sid, Record: record, Expected: expected),
            static (connection, call) => call.Store.TrySet(connection, call.Sid, call.Record, call.Expected),
            cancellationToken
        );
    }

    /// <summary>
    /// Begins what <see cref="DisposeAsync"/> does and waits for none of it: new calls are refused from now on, those under way end, and
    /// the file is closed after that. For containers that are disposed synchronously. A program that ends at once may end before a write
    /// that was not acknowledged yet. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning, lets queued calls end (within their busy timeout), and closes the file. Idempotent.</summary>
    /// <returns>A task that completes once the file is closed.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            return new ValueTask(_disposal ??= CloseAsync());
        }
    }

    private async Task CloseAsync()
    {
        _disposed = true;
        await _pruning.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private void Set(StoreConnection connection, string sid, SessionRecord record)
    {
        var (expires, now) = (Expires(record.Expires), Now());
        if (expires > now)
        {
            _table.Set(connection, sid, expires, record.Payload.Span);
        }
        else
        {
            _table.Destroy(connection, sid);
        }
    }

    /// <summary>Within the writer's transaction, so that comparing and writing are one step.</summary>
    private ConditionalSetResult TrySet(StoreConnection connection, string sid, SessionRecord record, SessionRecord? expected)
    {
        var (expires, now) = (Expires(record.Expires), Now());
        var result = TrySet(connection, sid, expires, record.Payload.Span, now, expected);
        if (result == ConditionalSetResult.Stored && expires <= now)
        {
            _table.Destroy(connection, sid);
        }

        return result;
    }

    private ConditionalSetResult TrySet(
        StoreConnection connection,
        string sid,
        double expires,
        ReadOnlySpan<byte> payload,
        double now,
        SessionRecord? expected
    )
    {
        if (expected is null)
        {
            return _table.TrySetAbsent(connection, sid, expires, payload, now) ? ConditionalSetResult.Stored : ConditionalSetResult.Changed;
        }

        if (_table.TrySetSame(connection, sid, expires, payload, now, expected.Payload.Span))
        {
            return ConditionalSetResult.Stored;
        }

        return _table.Exists(connection, sid, now) ? ConditionalSetResult.Changed : ConditionalSetResult.Missing;
    }

    private double Now() => EpochMilliseconds.Now(_timeProvider.GetUtcNow());

    private double Expires(DateTimeOffset? expires)
    {
        var now = _timeProvider.GetUtcNow();
        var latest = DateTimeOffset.MaxValue - now;
        return EpochMilliseconds.ForExpiry(expires ?? now + (_defaultLifetime < latest ? _defaultLifetime : latest), now);
    }

    private void Opened(string database, UnixFileMode? openToOthers)
    {
        Log.Opened(_logger, database, _table.TableName);
        if (openToOthers is { } mode)
        {
            Log.FileOpenToOthers(_logger, database, Convert.ToString((int)mode, 8));
        }

        _pruning.Start();
    }

    private void Waited(TimeSpan time) => Tell(() => Log.LockWaited(_logger, time.TotalMilliseconds));

    private void NotCarriedOver(Exception error) => Tell(() => Log.CheckpointFailed(_logger, error));

    /// <summary>
    /// Logs on a thread of the store's own, above which nobody could catch what a logger throws: it must not end the process.
    /// </summary>
    private static void Tell(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // There is nowhere to say that nothing can be said.
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
