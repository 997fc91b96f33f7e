using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores.Mongo;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the MongoDB store.</summary>
public static class MongoSessionStoreBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in MongoDB. The last store that is registered wins. The collection is opened when the host starts: wrong credentials stop the start with the
    /// reason; a server that cannot be reached is logged and tried again at the first call. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">See <see cref="MongoSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options; runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(
        this IServerSessionBuilder builder, string connectionString, Action<MongoSessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.AddMongoStore(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>As <see cref="AddMongoStore(IServerSessionBuilder, string, Action{MongoSessionStoreOptions}?)"/>, with everything set by a delegate.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, Action<MongoSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddMongoStore((_, options) => configure(options));
    }

    /// <summary>
    /// As <see cref="AddMongoStore(IServerSessionBuilder, Action{MongoSessionStoreOptions})"/>, for options that come from other services:
    /// <c>(services, options) => options.Database = services.GetRequiredService&lt;IMongoClient>().GetDatabase("app")</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMongoStore(this IServerSessionBuilder builder, Action<IServiceProvider, MongoSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<MongoSessionStoreOptions>()
            .Configure<IServiceProvider>((options, provider) => configure(provider, options)).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<MongoSessionStoreOptions>, MongoSessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new MongoSessionStore(
            provider.GetRequiredService<IOptions<MongoSessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<MongoSessionStore>>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<MongoSessionStore>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MongoSessionStoreOpening>());
        return builder;
    }
}
