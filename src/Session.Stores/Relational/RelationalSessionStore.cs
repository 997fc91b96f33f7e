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
/// may still take effect. No call joins the caller's transaction.</para>
/// <para>If a connection is broken, a read, a compare-and-set that expects a session, and any statement that the server has not executed
/// are sent once more on another one. Other writes fail with <see cref="SessionStoreUnavailableException"/>: a second execution could undo
/// what another call has stored in between. Before such a write, a connection that has rested for half a second is tested.</para>
/// <para>If the first attempt of a compare-and-set may have been executed, the call returns <see cref="ConditionalSetResult.Stored"/> or
/// <see cref="ConditionalSetResult.Uncertain"/>, or fails with <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>A payload that <see cref="SessionDocument.Parse"/> refuses is refused with <see cref="SessionPayloadException"/> before anything
/// is sent.</para>
/// </remarks>
public abstract partial class RelationalSessionStore
    : SessionStore,
        IOpenableSessionStore,
        ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPruneReportingStore
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
        _database = new RelationalDatabase(
            dialect,
            settings.OperationTimeout,
            Clock.TimeProvider,
            Opened,
            () => Retried(Logger),
            _events.Report
        );
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

    /// <inheritdoc/>
    public event EventHandler<PruneRun>? Pruned
    {
        add => _pruner.Ended += value;
        remove => _pruner.Ended -= value;
    }

    /// <inheritdoc/>
    public TimeSpan PruneInterval => _pruner.Interval;

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
            isWrite: false,
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
                isWrite: true,
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
                isWrite: true,
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
        return RunAsync(
            SessionStoreOperation.Touch,
            isWrite: true,
            (Store: this, Sid: sid, Record: record),
            static (table, connection, args, stopping) =>
            {
                var write = args.Store.Write(table, args.Sid, args.Record);
                return table.TouchAsync(connection, write.Sid, write.Expires, write.Now, stopping);
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

        // One that leaves an absent session absent writes nothing.
        var creates = expected is null && !(record.Expires <= Clock.Now);
        return _database.RunAsync(
            SessionStoreOperation.TrySet,
            creates ? SecondAttempt.Looks : SecondAttempt.Repeats,
            (Store: this, Sid: sid, Record: record, Expected: expected, Creates: creates),
            static (table, connection, args, call) =>
            {
                var write = args.Store.Write(table, args.Sid, args.Record);
                if (!call.MayHaveRun)
                {
                    return TrySetAsync(table, connection, write, args.Expected, call.Stopping);
                }

                return args.Creates
                    ? args.Store.LookAsync(table, connection, write, call.Stopping)
                    : args.Store.RepeatedAsync(table, connection, write, args.Expected, call.Stopping);
            },
            cancellationToken
        );
    }

    /// <summary>Runs an operation within the timeout, after opening the table if necessary. It may be sent twice: see the class.</summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="operation">The operation, for messages.</param>
    /// <param name="isWrite">
    /// Whether a second execution could undo what another call has stored in between. It is then sent once more only if the server has
    /// not executed it.
    /// </param>
    /// <param name="args">The arguments. They must not be changed after the call, which may continue after its caller has left.</param>
    /// <param name="work">The operation, on an open connection that it does not close.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="SessionStoreException">The operation failed.</exception>
    protected ValueTask<TResult> RunAsync<TArgs, TResult>(
        SessionStoreOperation operation,
        bool isWrite,
        TArgs args,
        Func<RelationalTable, DbConnection, TArgs, CancellationToken, ValueTask<TResult>> work,
        CancellationToken cancellationToken
    ) =>
        _database.RunAsync(
            operation,
            isWrite ? SecondAttempt.None : SecondAttempt.Repeats,
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
    /// Repeats a compare-and-set whose first attempt may have been executed. An equal content at rest does not prove it: another call with
    /// the same record may have been first. If both attempts leave an absent session absent, neither has written anything.
    /// </summary>
    private async ValueTask<ConditionalSetResult> RepeatedAsync(
        RelationalTable table,
        DbConnection connection,
        RelationalWrite write,
        SessionRecord? expected,
        CancellationToken stopping
    )
    {
        var result = await TrySetAsync(table, connection, write, expected, stopping).ConfigureAwait(false);
        return
            result == ConditionalSetResult.Stored || expected is null ? result
            : result == ConditionalSetResult.Changed && !IsEnd(write) ? ConditionalSetResult.Uncertain
            : throw _errors.Unknown(SessionStoreOperation.TrySet);
    }

    /// <summary>
    /// Looks for a session whose creation may have been executed. If there is none, another call may have ended it, so it is not created.
    /// </summary>
    private async ValueTask<ConditionalSetResult> LookAsync(
        RelationalTable table,
        DbConnection connection,
        RelationalWrite write,
        CancellationToken stopping
    ) =>
        !IsEnd(write) && await table.GetAsync(connection, write.Sid, write.Now, stopping).ConfigureAwait(false) is not null
            ? ConditionalSetResult.Uncertain
            : throw _errors.Unknown(SessionStoreOperation.TrySet);

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
        "A pooled connection was broken. The store uses another one.",
        EventName = "Retried"
    )]
    private static partial void Retried(ILogger logger);
}
