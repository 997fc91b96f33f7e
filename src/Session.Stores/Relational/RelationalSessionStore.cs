using System.Data.Common;
using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Relational;

/// <summary>
/// A store that keeps sessions in one table of a relational database. The store checks the table at first use and creates it if it is
/// missing. A backend derives from it and gives a <see cref="RelationalDialect"/>. Thread safe.
/// </summary>
/// <remarks>
/// <para>A call without a reply within the operation timeout fails with <see cref="SessionStoreUnavailableException"/>; if it was sent, it
/// may still take effect. If a connection is broken, the statement is sent once more on another one, so a write may be executed twice. No
/// call joins the caller's transaction.</para>
/// <para>The first attempt of such a call may have taken effect. A compare-and-set then returns
/// <see cref="ConditionalSetResult.Stored"/>, or fails with <see cref="SessionStoreUnavailableException"/> if what is stored does not show
/// who wrote it. So does a touch that ends a session. A prune is not repeated, and fails.</para>
/// <para>A payload that <see cref="SessionDocument.Parse"/> refuses is refused with <see cref="SessionPayloadException"/> before anything
/// is sent.</para>
/// </remarks>
public abstract partial class RelationalSessionStore
    : SessionStore,
        IOpenableSessionStore,
        ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore
{
    private readonly RelationalDatabase _database;
    private readonly RelationalErrors _errors;
    private readonly ConnectionEvents _events;
    private readonly PruneTimer _pruner;

    /// <summary>Initializes a new instance of the <see cref="RelationalSessionStore"/> class. Opens no connection.</summary>
    /// <param name="backend">The value of <see cref="ISessionStore.Backend"/>.</param>
    /// <param name="place">The database for log events, with a capital: <c>The MySQL database app at db1</c>.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="timeProvider">
    /// The clock; <see langword="null"/> for the system clock. The server's clock is never used.
    /// </param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    protected RelationalSessionStore(
        string backend,
        string place,
        RelationalDialect dialect,
        RelationalStoreSettings settings,
        TimeProvider? timeProvider,
        ILogger? logger
    )
        : base(backend, settings.DefaultLifetime, timeProvider, logger)
    {
        _errors = dialect.Errors;
        _events = new ConnectionEvents(this, place, Logger);
        _pruner = new PruneTimer(PruneAsync, settings.Prune, Clock.TimeProvider, Logger);
        _database = new RelationalDatabase(dialect, settings.OperationTimeout, Opened, () => Retried(Logger), _events.Report);
    }

    /// <summary>Raised on a pool thread when the server can be reached again. Until then the store tries by itself.</summary>
    public event EventHandler? Connected
    {
        add => _events.Connected += value;
        remove => _events.Connected -= value;
    }

    /// <summary>
    /// Raised when no connection can be made because the server does not respond, is starting or is stopping. Not raised by a full pool, a
    /// late reply or a refused password.
    /// </summary>
    public event EventHandler? Disconnected
    {
        add => _events.Disconnected += value;
        remove => _events.Disconnected -= value;
    }

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each interval.</value>
    public bool PrunesItself => true;

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
    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        return RunAsync(
            SessionStoreOperation.Get,
            (Store: this, Sid: sid),
            static (table, connection, args, stopping) => table.GetAsync(connection, args.Sid, args.Store.Now(table), stopping),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        ThrowIfNoSession(SessionStoreOperation.Set, record);
        await RunAsync(
                SessionStoreOperation.Set,
                (Store: this, Sid: sid, Record: record),
                static (table, connection, args, stopping) =>
                {
                    var write = args.Store.Write(table, args.Sid, args.Record);
                    return IsEnd(write)
                        ? table.DestroyAsync(connection, write.Sid, stopping)
                        : table.SetAsync(connection, write, stopping);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        await RunAsync(
                SessionStoreOperation.Destroy,
                sid,
                static (table, connection, sid, stopping) => table.DestroyAsync(connection, sid, stopping),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        return _database.RunAsync(
            SessionStoreOperation.Touch,
            (Store: this, Sid: sid, Record: record),
            static (table, connection, args, call) =>
            {
                var write = args.Store.Write(table, args.Sid, args.Record);
                var touching = table.TouchAsync(connection, write.Sid, write.Expires, write.Now, call.Stopping);
                return call.IsRetry && IsEnd(write) ? args.Store.EndedAsync(touching) : touching;
            },
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
        ThrowIfNoSession(SessionStoreOperation.TrySet, record);
        return _database.RunAsync(
            SessionStoreOperation.TrySet,
            (Store: this, Sid: sid, Record: record, Expected: expected),
            static (table, connection, args, call) =>
            {
                var write = args.Store.Write(table, args.Sid, args.Record);
                var setting = TrySetAsync(table, connection, write, args.Expected, call.Stopping);
                return call.IsRetry ? args.Store.RepeatedAsync(setting, write, args.Expected) : setting;
            },
            cancellationToken
        );
    }

    /// <summary>Runs an operation within the timeout, after opening the table if necessary. It may run twice: see the class.</summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="operation">The operation, for messages.</param>
    /// <param name="args">The arguments. They must not be changed after the call, which may continue after its caller has left.</param>
    /// <param name="work">The operation, on an open connection that it does not close.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="SessionStoreException">The operation failed.</exception>
    protected ValueTask<TResult> RunAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        TArgs args,
        Func<RelationalTable, DbConnection, TArgs, CancellationToken, ValueTask<TResult>> work,
        CancellationToken cancellationToken
    ) =>
        _database.RunAsync(
            operation,
            (Args: args, Work: work),
            static (table, connection, state, call) => state.Work(table, connection, state.Args, call.Stopping),
            cancellationToken
        );

    /// <summary>Returns the current time in the unit of the table.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The current time at rest.</returns>
    protected long Now(RelationalTable table) => table.NowAtRest(Clock.Now);

    /// <summary>Returns a write of a record, with its expiry or the default lifetime from now.</summary>
    /// <param name="table">The table.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="record">The record.</param>
    /// <returns>The write.</returns>
    protected RelationalWrite Write(RelationalTable table, string sid, SessionRecord record)
    {
        var now = Clock.Now;
        return new RelationalWrite(
            sid,
            table.ExpiryAtRest(Clock.ExpiryOf(record.Expires, now), now),
            record.Payload,
            table.NowAtRest(now)
        );
    }

    /// <summary>Logs that the table is open. Called at each opening, before other calls use it.</summary>
    /// <param name="table">The table.</param>
    protected abstract void LogOpened(RelationalTable table);

    /// <inheritdoc/>
    protected override async Task CloseAsync()
    {
        await _pruner.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static bool IsEnd(RelationalWrite write) => write.Expires <= write.Now;

    private static ValueTask<ConditionalSetResult> TrySetAsync(
        RelationalTable table,
        DbConnection connection,
        RelationalWrite write,
        SessionRecord? expected,
        CancellationToken stopping
    ) =>
        IsEnd(write) ? table.TryEndAsync(connection, write, expected, stopping)
        : expected is null ? table.TrySetAbsentAsync(connection, write, stopping)
        : table.TrySetSameAsync(connection, write, expected, stopping);

    /// <summary>
    /// Returns the result of a second attempt. The first may have written before its connection broke. An equal content at rest does not
    /// prove it: another call with the same record may have been first.
    /// </summary>
    private async ValueTask<ConditionalSetResult> RepeatedAsync(
        ValueTask<ConditionalSetResult> repeated,
        RelationalWrite write,
        SessionRecord? expected
    )
    {
        var result = await repeated.ConfigureAwait(false);

        // Leaving an absent session absent writes nothing, so the first attempt did not either.
        return
            result == ConditionalSetResult.Stored || (expected is null && IsEnd(write)) ? result
            : result == ConditionalSetResult.Changed && !IsEnd(write) ? ConditionalSetResult.Uncertain
            : throw _errors.Unknown(SessionStoreOperation.TrySet);
    }

    /// <summary>Returns that a second attempt has ended a session. If it found none, the first may have ended it.</summary>
    private async ValueTask<bool> EndedAsync(ValueTask<bool> touching) =>
        await touching.ConfigureAwait(false) ? true : throw _errors.Unknown(SessionStoreOperation.Touch);

    private void Opened(RelationalTable table)
    {
        LogOpened(table);
        _pruner.Start();
    }

    private void ThrowIfNoSession(SessionStoreOperation operation, SessionRecord record)
    {
        try
        {
            SessionDocument.Parse(record.Payload);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(Backend, operation);
        }
    }

    [LoggerMessage(
        9,
        LogLevel.Debug,
        "A pooled connection was broken. The store sends the statement once more on another connection.",
        EventName = "Retried"
    )]
    private static partial void Retried(ILogger logger);
}
