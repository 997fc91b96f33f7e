using Microsoft.Extensions.Configuration;
using MongoDB.Driver;
using ServerSessions.Stores;
using ServerSessions.Stores.Mongo;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the MongoDB store. Calls add up: each sets options on top of the earlier ones.</summary>
public static class MongoSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<MongoSessionStore, MongoSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new MongoSessionStore(options, timeProvider, logger),
        new MongoSessionStoreOptionsValidator(),
        UnavailableAtStart.Warn
    );

    /// <summary>
    /// Stores sessions in MongoDB, at a connection string. The last registered store is used. The store opens the collection when the host
    /// starts: wrong credentials stop the start with the reason. An unreachable server is logged and tried again at the first call. The
    /// service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of MongoDB, which is a URL: see
    /// <see cref="MongoSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options, after the connection string.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<MongoSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Stores sessions in MongoDB, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, Action<MongoSessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Stores sessions in MongoDB, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, MongoSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Stores sessions in MongoDB, with options from the configuration. The keys are the option names, which the package's README lists. An
    /// unknown key or a value of the wrong type stops the start with the key's name. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Mongo")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Stores sessions in MongoDB through the registered <see cref="IMongoClient"/>, which the store never disposes. The start fails if
    /// none is registered. Set further options with a second call, <c>AddMongoStore().AddMongoStore(options => …)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder) =>
        Store.AddOnRegistered<IMongoClient>(builder, static (options, client) => options.Client ??= client, nameof(AddMongoStore));
}
