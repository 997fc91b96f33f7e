using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerSessions.Payload;
using ServerSessions.Stores.Postgres.Connection;
using ServerSessions.Stores.Postgres.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// A store that keeps sessions in one table of a PostgreSQL database, in the layout of Node's connect-pg-simple, so that a Node app can
/// share the table. The store checks the table at first use and creates it if it is missing. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Every operation is one atomic statement on one connection. A call without a reply within
/// <see cref="PostgresSessionStoreOptions.OperationTimeout"/> fails with <see cref="SessionStoreUnavailableException"/>; if it was sent, it
/// may still take effect. A read, a compare-and-set that expects a session, and any statement that the server has not executed are sent
/// once more if their connection is broken. Other writes then fail with <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>An expiry is written as connect-pg-simple writes it: in whole seconds, rounded up. A payload that
/// <see cref="SessionDocument.Parse"/> refuses is refused with <see cref="SessionPayloadException"/> before anything is sent. A column of
/// type <c>jsonb</c> returns equal JSON that may be formatted differently.</para>
/// <para>A row whose <c>expire</c> is NULL is absent. A live row whose <c>sess</c> is NULL is an error of a get, and a listing leaves it
/// out.</para>
/// <para>The code that creates the store disposes it. Disposal refuses new calls with <see cref="ObjectDisposedException"/>, stops pruning,
/// and closes the store's own pool; a connection in use closes when its call ends. A data source that was passed in stays open.</para>
/// </remarks>
public sealed partial class PostgresSessionStore : RelationalSessionStore, IGetAndTouchSessionStore, ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "PostgreSQL";

    // Pruning uses a twentieth of one connection's time. On two processors this raises the p99 of other calls to 1.5 to 2 times that of
    // idle (docs/growth.md), and removes 100,000 rows in half a minute.
    private const int PruneRest = 19;

    private readonly string _database;
    private readonly Func<string, SessionStore> _createSibling;

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
        : this(
            StoreOptionsRules.Valid(options, new PostgresSessionStoreOptionsValidator()),
            PostgresDialect.Of(options),
            timeProvider,
            logger
        )
    { }

    private PostgresSessionStore(
        PostgresSessionStoreOptions options,
        PostgresDialect dialect,
        TimeProvider? timeProvider,
        ILogger<PostgresSessionStore>? logger
    )
        : base(
            BackendName,
            $"The PostgreSQL database {dialect.Database}",
            dialect,
            new RelationalStoreSettings(
                options.DefaultLifetime,
                options.OperationTimeout,
                new PruneSchedule(options.PruneInterval, options.PruneBatch, PruneRest)
            ),
            timeProvider,
            logger
        )
    {
        _database = dialect.Database;
        var siblings = options.ForSiblings();
        _createSibling = name =>
        {
            // One pool for both.
            var sibling = siblings(name);
            (sibling.ConnectionString, sibling.DataSource) = ("", (NpgsqlDataSource)dialect.Source);
            return new PostgresSessionStore(sibling, timeProvider, logger);
        };
    }

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <inheritdoc/>
    /// <value>Always <see langword="false"/>: a touch writes a new row version and waits for the commit.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);

        // A copy, because the call may continue after its caller has left and reused the buffer.
        return RunAsync(
            SessionStoreOperation.Get,
            isWrite: true,
            (Store: this, Sid: sid, Prefix: plan.Prefix.ToArray(), plan.Expires),
            static (table, connection, args, stopping) =>
            {
                var (now, clock) = (args.Store.Clock.Now, args.Store.Clock);
                return ((PostgresTable)table).GetAndTouchAsync(
                    connection,
                    args.Sid,
                    args.Prefix,
                    table.ExpiryAtRest(clock.ExpiryOf(args.Expires, now), now),
                    table.NowAtRest(now),
                    stopping
                );
            },
            cancellationToken
        );
    }
}
