using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using ServerSessions.Stores.MySql.Connection;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql;

/// <summary>
/// A store that keeps sessions in one table of a MySQL or MariaDB database, by default in the layout of Node's express-mysql-session, so
/// that a Node app can share the table. The store checks the table at first use and creates it if it is missing. Thread-safe.
/// </summary>
/// <remarks>
/// <para>An operation is one atomic statement, or a few of which each is safe on its own. A call without a reply within
/// <see cref="MySqlSessionStoreOptions.OperationTimeout"/> fails with <see cref="SessionStoreUnavailableException"/>; if it was sent, it
/// may still take effect. A read, a compare-and-set that expects a session, and any statement that the server has not executed are sent
/// once more if their connection is broken. Other writes then fail with <see cref="SessionStoreUnavailableException"/>. A statement that
/// loses a deadlock is sent again.</para>
/// <para>With <see cref="MySqlSessionFormat.ExpressMySqlSession"/> an expiry is written in whole seconds, rounded up, and one after the
/// year 2106 as its end. An id of more than 128 characters, or with a blank at its end, is refused by a write and absent for a
/// read.</para>
/// <para>The code that creates the store disposes it. A data source that was passed in stays open.</para>
/// </remarks>
public sealed partial class MySqlSessionStore : RelationalSessionStore, ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "MySQL";

    // Pruning uses a twentieth of one connection's time, as with PostgreSQL.
    private const int PruneRest = 19;

    private readonly string _place;
    private readonly Func<string, SessionStore> _createSibling;

    /// <summary>Initializes a new instance of the <see cref="MySqlSessionStore"/> class. Opens no connection.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">
    /// The clock; <see langword="null"/> for the system clock. The server's clock is never used.
    /// </param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names each invalid option.</exception>
    public MySqlSessionStore(
        MySqlSessionStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<MySqlSessionStore>? logger = null
    )
        : this(
            StoreOptionsRules.Valid(options, new MySqlSessionStoreOptionsValidator()),
            MySqlDialect.For(options),
            timeProvider,
            logger
        )
    { }

    private MySqlSessionStore(
        MySqlSessionStoreOptions options,
        MySqlDialect dialect,
        TimeProvider? timeProvider,
        ILogger<MySqlSessionStore>? logger
    )
        : base(
            BackendName,
            dialect.Place,
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
        _place = dialect.Errors.Place;
        var siblings = options.ForSiblings();
        _createSibling = name =>
        {
            // One pool for both.
            var sibling = siblings(name);
            (sibling.ConnectionString, sibling.DataSource) = ("", (MySqlDataSource)dialect.Source);
            return new MySqlSessionStore(sibling, timeProvider, logger);
        };
    }

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);
}
