using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerSessions.Stores;
using ServerSessions.Stores.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SQLite store. Calls add up: each sets options on top of those before it.</summary>
public static class SqliteSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<SqliteSessionStore, SqliteSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new SqliteSessionStore(options, timeProvider, logger),
        ServiceDescriptor.Singleton<IValidateOptions<SqliteSessionStoreOptions>, SqliteSessionStoreOptionsValidator>(),
        ServiceDescriptor.Singleton<IHostedService, SqliteSessionStoreOpening>()
    );

    /// <summary>
    /// Keeps sessions in an SQLite database. The store that is registered last is used. The database is opened when the host starts: one
    /// that cannot be opened stops the start with the reason. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The path of the file, or a connection string of Microsoft.Data.Sqlite: see
    /// <see cref="SqliteSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options. Runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<SqliteSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, (_, options) =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Keeps sessions in an SQLite database, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(this IServerSessionBuilder builder, Action<SqliteSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Store.Add(builder, (_, options) => configure(options));
    }

    /// <summary>Keeps sessions in an SQLite database, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, SqliteSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Keeps sessions in an SQLite database, with options from the configuration. The keys are the names of the options;
    /// the package's README lists them. A key that is unknown, or a value of the wrong type, stops the start with the key's name.
    /// An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Sqlite")</c>. Read once, when the store is made.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
