using Microsoft.Extensions.Configuration;
using ServerSessions.Stores;
using ServerSessions.Stores.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the SQLite store. Options of repeated calls accumulate in call order.</summary>
public static class SqliteSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<SqliteSessionStore, SqliteSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new SqliteSessionStore(options, timeProvider, logger),
        new SqliteSessionStoreOptionsValidator()
    );

    /// <summary>
    /// Registers the store that keeps sessions in an SQLite database. The last registered store is used. The host opens the database when
    /// it starts, and does not start if that fails. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The path of the file, or a connection string of Microsoft.Data.Sqlite: see
    /// <see cref="SqliteSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">A delegate that sets further options, run after the connection string is set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<SqliteSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Registers the SQLite store with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(this IServerSessionBuilder builder, Action<SqliteSessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Registers the SQLite store with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, SqliteSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Registers the SQLite store with options from the configuration. The keys are the option names, which the package's README lists.
    /// An unknown key or a value of the wrong type stops the host's start; the message names the key. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Sqlite")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
