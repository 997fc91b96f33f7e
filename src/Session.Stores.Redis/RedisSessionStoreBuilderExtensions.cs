using Microsoft.Extensions.Configuration;
using ServerSessions.Stores;
using ServerSessions.Stores.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Redis store. Calls add up: each sets options on top of the earlier ones.</summary>
public static class RedisSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<RedisSessionStore, RedisSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new RedisSessionStore(options, timeProvider, logger),
        new RedisSessionStoreOptionsValidator(),
        UnavailableAtStart.Warn
    );

    /// <summary>
    /// Stores sessions in Redis, at a connection string. The last registered store is used. The store connects when the host starts: a
    /// wrong connection string, user or password stops the start with the reason. An unreachable server is logged as a warning, and the
    /// store connects when it is back. The service container disposes the store and its connection.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">A connection string of StackExchange.Redis, or a URL: see
    /// <see cref="RedisSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options, after the connection string.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(
        this IServerSessionBuilder builder,
        string connectionString,
        Action<RedisSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return Store.Add(builder, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>Stores sessions in Redis, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(this IServerSessionBuilder builder, Action<RedisSessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Stores sessions in Redis, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, RedisSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Stores sessions in Redis, with options from the configuration. The keys are the option names, which the package's README lists. An
    /// unknown key or a value of the wrong type stops the start with the key's name. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Redis")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);

    /// <summary>
    /// Stores sessions in Redis through the registered <see cref="IConnectionMultiplexer"/>, which the store never disposes. The start
    /// fails if none is registered. Set further options with a second call, <c>AddRedisStore().AddRedisStore(options => …)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(this IServerSessionBuilder builder) =>
        Store.AddOnRegistered<IConnectionMultiplexer>(
            builder,
            static (options, client) => options.Multiplexer ??= client,
            nameof(AddRedisStore)
        );
}
