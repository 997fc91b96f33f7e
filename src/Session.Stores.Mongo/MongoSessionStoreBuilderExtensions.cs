using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using ServerSessions.Stores;
using ServerSessions.Stores.Mongo;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the MongoDB store. Calls add up: each sets options on top of those before it.</summary>
public static class MongoSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<MongoSessionStore, MongoSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new MongoSessionStore(options, timeProvider, logger),
        ServiceDescriptor.Singleton<IValidateOptions<MongoSessionStoreOptions>, MongoSessionStoreOptionsValidator>(),
        ServiceDescriptor.Singleton<IHostedService, MongoSessionStoreOpening>()
    );

    /// <summary>
    /// Keeps sessions in MongoDB. The store that is registered last is used. The collection is opened when the host starts: wrong
    /// credentials stop the start with the reason. A server that cannot be reached is logged and tried again at the first call. The service
    /// container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of MongoDB, which is a URL: see
    /// <see cref="MongoSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options. Runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<MongoSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, (_, options) =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Keeps sessions in MongoDB, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, Action<MongoSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Store.Add(builder, (_, options) => configure(options));
    }

    /// <summary>Keeps sessions in MongoDB, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, MongoSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Keeps sessions in MongoDB, with options from the configuration. The keys are the names of the options;
    /// the package's README lists them. A key that is unknown, or a value of the wrong type, stops the start with the key's name.
    /// An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Mongo")</c>. Read once, when the store is made.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Keeps sessions in MongoDB, on the <see cref="IMongoClient"/> that the application has registered. The store never disposes it.
    /// The start fails if none is registered. Set further options with a second call, <c>AddMongoStore().AddMongoStore(options => …)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder) =>
        Store.AddOnRegistered<IMongoClient>(builder, static (options, client) => options.Client ??= client, nameof(AddMongoStore));
}
