using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerSessions.Stores;
using ServerSessions.Stores.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the PostgreSQL store. Options of repeated calls accumulate in call order.</summary>
public static class PostgresSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<PostgresSessionStore, PostgresSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new PostgresSessionStore(options, timeProvider, logger),
        new PostgresSessionStoreOptionsValidator(),
        UnavailableAtStart.Warn
    );

    /// <summary>
    /// Registers the store that keeps sessions in a PostgreSQL database. The last registered store is used. The host checks the table when
    /// it starts and creates a missing one. It does not start if the table cannot be used; a server that cannot be reached is a warning.
    /// The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of Npgsql, or a URL: see
    /// <see cref="PostgresSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">A delegate that sets further options, run after the connection string is set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<PostgresSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Registers the PostgreSQL store with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder,
        Action<PostgresSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>Registers the PostgreSQL store with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, PostgresSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Registers the PostgreSQL store with options from the configuration. The keys are the option names, which the package's README lists.
    /// An unknown key or a value of the wrong type stops the host's start; the message names the key. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Postgres")</c>. Read once, when the store is
    /// created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Registers the PostgreSQL store with the <see cref="NpgsqlDataSource"/> that the application has registered. The store never disposes
    /// it. The host does not start if none is registered. Set further options with a second call,
    /// <c>AddPostgresStore().AddPostgresStore(options => …)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(this IServerSessionBuilder builder) =>
        Store.AddOnRegistered<NpgsqlDataSource>(
            builder,
            static (options, client) => options.DataSource ??= client,
            nameof(AddPostgresStore)
        );
}
