using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerSessions.Stores;
using ServerSessions.Stores.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the PostgreSQL store. Calls add up: each sets options on top of those before it.</summary>
public static class PostgresSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<PostgresSessionStore, PostgresSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new PostgresSessionStore(options, timeProvider, logger),
        ServiceDescriptor.Singleton<IValidateOptions<PostgresSessionStoreOptions>, PostgresSessionStoreOptionsValidator>(),
        ServiceDescriptor.Singleton<IHostedService, PostgresSessionStoreOpening>()
    );

    /// <summary>
    /// Keeps sessions in a PostgreSQL database. The store that is registered last is used. The table is checked when the host starts, and
    /// created if it is missing: one that cannot be used stops the start with the reason. A server that cannot be reached is a warning. The
    /// service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of Npgsql, or a URL: see
    /// <see cref="PostgresSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options. Runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<PostgresSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, (_, options) =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Keeps sessions in a PostgreSQL database, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(this IServerSessionBuilder builder, Action<PostgresSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Store.Add(builder, (_, options) => configure(options));
    }

    /// <summary>Keeps sessions in a PostgreSQL database, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, PostgresSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Keeps sessions in a PostgreSQL database, with options from the configuration. The keys are the names of the options;
    /// the package's README lists them. A key that is unknown, or a value of the wrong type, stops the start with the key's name.
    /// An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Postgres")</c>. Read once, when the store is made.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Keeps sessions in a PostgreSQL database, on the <see cref="NpgsqlDataSource"/> that the application has registered. The store never
    /// disposes it. The start fails if none is registered. Set further options with a second call,
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
