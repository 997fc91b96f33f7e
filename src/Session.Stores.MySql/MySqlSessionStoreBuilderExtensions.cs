using Microsoft.Extensions.Configuration;
using MySqlConnector;
using ServerSessions.Stores;
using ServerSessions.Stores.MySql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the MySQL store. Options of repeated calls accumulate in call order.</summary>
public static class MySqlSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<MySqlSessionStore, MySqlSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new MySqlSessionStore(options, timeProvider, logger),
        new MySqlSessionStoreOptionsValidator(),
        UnavailableAtStart.Warn
    );

    /// <summary>
    /// Registers the store that keeps sessions in a MySQL or MariaDB database. The last registered store is used. The host checks the table
    /// when it starts and creates a missing one. It does not start if the table cannot be used; a server that cannot be reached is a
    /// warning. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of MySqlConnector, or a URL: see
    /// <see cref="MySqlSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">A delegate that sets further options, run after the connection string is set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMySqlStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<MySqlSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Registers the MySQL store with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMySqlStore(this IServerSessionBuilder builder, Action<MySqlSessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Registers the MySQL store with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMySqlStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, MySqlSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Registers the MySQL store with options from the configuration. The keys are the option names, which the package's README lists. An
    /// unknown key or a value of the wrong type stops the host's start; the message names the key. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:MySql")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMySqlStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Registers the MySQL store with the <see cref="MySqlDataSource"/> that the application has registered. The store never disposes it.
    /// The host does not start if none is registered. Set further options with a second call,
    /// <c>AddMySqlStore().AddMySqlStore(options => …)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMySqlStore(this IServerSessionBuilder builder) =>
        Store.AddOnRegistered<MySqlDataSource>(
            builder,
            static (options, client) => options.DataSource ??= client,
            nameof(AddMySqlStore)
        );
}
