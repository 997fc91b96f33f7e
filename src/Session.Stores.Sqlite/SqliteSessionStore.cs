using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Sqlite.Connection;
using ServerSessions.Stores.Sqlite.Statements;

namespace ServerSessions.Stores.Sqlite;

/// <summary>
/// A store that keeps sessions in one table of an SQLite file, in the layout of Node's connect-sqlite3, so that a Node app can share the
/// file. The store opens the file at first use and creates a missing table. Thread-safe.
/// </summary>
/// <remarks>
/// <para>No calling thread waits for SQLite. One background thread commits all queued writes in one transaction and acknowledges them after
/// the commit. Reads use a separate connection, are batched under load, and never block on writers (write-ahead log). A call that is not
/// served within <see cref="SqliteSessionStoreOptions.OperationTimeout"/> fails with
/// <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>A row whose <c>expired</c> is not a number is absent and is pruned; a row whose <c>expired</c> is a date in text is pruned once
/// the date has passed. A live row whose <c>sess</c> is neither text nor blob is an error of <see cref="GetAsync"/>, and
/// <see cref="AllAsync"/> leaves it out.</para>
/// <para>The code that creates the store disposes it. Disposal refuses new calls with <see cref="ObjectDisposedException"/>, completes
/// queued writes, stops pruning and closes the file.</para>
/// </remarks>
public sealed partial class SqliteSessionStore
    : SessionStore,
        IOpenableSessionStore,
        ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPruneReportingStore,
        ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "SQLite";

    private readonly string _tableName;
    private readonly SessionTable _table;
    private readonly SqliteErrors _errors;
    private readonly Func<string, SessionStore> _createSibling;
    private readonly SqliteDatabase _database;
    private readonly PruneTimer _pruning;
    private readonly PrunePace _prunePace = new();

    /// <summary>Initializes a new instance of the <see cref="SqliteSessionStore"/> class. Opens nothing.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names each invalid option.</exception>
    public SqliteSessionStore(
        SqliteSessionStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<SqliteSessionStore>? logger = null
    )
        : base(BackendName, Valid(options).DefaultLifetime, timeProvider, logger)
    {
        var parsed = SqliteLocation.Parse(options.ConnectionString);
        var location = options.CreateTable ? parsed : parsed.WithoutCreation();
        var sql = new SessionStatements(options.TableName);
        _tableName = options.TableName;
        var siblings = options.ForSiblings();
        _createSibling = name => new SqliteSessionStore(siblings(name), timeProvider, logger);
        _errors = new SqliteErrors(location, options.TableName);
        _table = new SessionTable(sql, _errors);
        _database = new SqliteDatabase(options, location, sql, _errors, Opened, Waited, CheckpointFailed);
        _pruning = new PruneTimer(PruneAsync, new PruneSchedule(options.PruneInterval, options.PruneBatch), Clock.TimeProvider, Logger);
    }

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <summary>
    /// Opens the database before its first use and creates a missing table and index. Idempotent. After a failure, the next call of any
    /// kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes once the database is open.</returns>
    /// <exception cref="SessionStoreException">The database cannot be opened; the message says why and what to do.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.OpenAsync(SessionStoreOperation.Open, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return _database.ReadAsync(
            SessionStoreOperation.Get,
            (Table: _table, Sid: sid, Now: Now()),
            static (connection, call) => call.Table.Get(connection, call.Sid, call.Now),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
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
    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
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
        ThrowIfUnusable(sid, record);
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
        ThrowIfUnusable(sid, record);
        return _database.WriteAsync(
            SessionStoreOperation.TrySet,
            (Store: this, Sid: sid, Record: record, Expected: expected),
            static (connection, call) => call.Store.TrySet(connection, call.Sid, call.Record, call.Expected),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <summary>Stops pruning, completes queued calls (within their operation timeout) and closes the file.</summary>
    /// <returns>A task that completes once the file is closed.</returns>
    protected override async Task CloseAsync()
    {
        await _pruning.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static SqliteSessionStoreOptions Valid(SqliteSessionStoreOptions options) =>
        StoreOptionsRules.Valid(options, new SqliteSessionStoreOptionsValidator());

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

    /// <summary>Compares and writes. Atomic, because it runs in the writer's transaction.</summary>
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

    private double Now() => EpochMilliseconds.Now(Clock.Now);

    private double Expires(DateTimeOffset? expires)
    {
        var now = Clock.Now;
        return EpochMilliseconds.ForExpiry(Clock.ExpiryOf(expires, now), now);
    }

    private void Opened(UnixFileMode? openToOthers)
    {
        LogKeptIn($"{_errors.Place}, table '{_tableName}'");
        if (openToOthers is { } mode)
        {
            Log.FileOpenToOthers(Logger, _errors.Place, Convert.ToString((int)mode, 8));
        }

        _pruning.Start();
    }

    private void Waited(TimeSpan time) => Tell(() => Log.LockWaited(Logger, time.TotalMilliseconds));

    private void CheckpointFailed(Exception error) => Tell(() => Log.CheckpointFailed(Logger, error));

    /// <summary>
    /// Logs from a thread of the store. A logger that throws there would end the process, so its exceptions are ignored.
    /// </summary>
    private static void Tell(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // The logger itself failed, so the failure cannot be logged.
        }
    }
}
