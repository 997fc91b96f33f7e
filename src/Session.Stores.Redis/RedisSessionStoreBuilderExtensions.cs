using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Redis store.</summary>
public static class RedisSessionStoreBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in Redis. The last store that is registered wins. The connection is made when the host starts: a connection string, user or password that is wrong
    /// stops the start with the reason; a server that is merely away is logged as a warning, and the store connects once it is back. The service container
    /// disposes the store, and with it the connection.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionStringOrUrl">See <see cref="RedisSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options; runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(
        this IServerSessionBuilder builder, string connectionStringOrUrl, Action<RedisSessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connectionStringOrUrl);
        return builder.AddRedisStore(options =>
        {
            options.ConnectionString = connectionStringOrUrl;
            configure?.Invoke(options);
        });
    }

    /// <summary>As <see cref="AddRedisStore(IServerSessionBuilder, string, Action{RedisSessionStoreOptions}?)"/>, with everything set by a delegate.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(
        this IServerSessionBuilder builder, Action<RedisSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddRedisStore((options, _) => configure(options));
    }

    /// <summary>
    /// As <see cref="AddRedisStore(IServerSessionBuilder, string, Action{RedisSessionStoreOptions}?)"/>, with everything set by a delegate that sees the services: for
    /// a connection that the application has already, which the store then uses and does not dispose.
    /// <code>AddRedisStore((options, services) =&gt; options.Multiplexer = services.GetRequiredService&lt;IConnectionMultiplexer&gt;())</code>
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddRedisStore(
        this IServerSessionBuilder builder, Action<RedisSessionStoreOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<RedisSessionStoreOptions>().Configure<IServiceProvider>(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<RedisSessionStoreOptions>, RedisSessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new RedisSessionStore(
            provider.GetRequiredService<IOptions<RedisSessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RedisSessionStore>>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<RedisSessionStore>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisSessionStoreOpening>());
        return builder;
    }
}
