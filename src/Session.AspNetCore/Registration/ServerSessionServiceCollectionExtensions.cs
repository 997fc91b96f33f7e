using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers server sessions.</summary>
public static class ServerSessionServiceCollectionExtensions
{
    /// <summary>
    /// Registers server sessions, kept in memory until a backend package's <c>AddXStore</c> is called on what this returns. Calling it again
    /// adds to the options.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; at least <see cref="ServerSessionOptions.Secret"/> must be set here or by configuration.</param>
    /// <returns>The builder that a store is added to.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, Action<ServerSessionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ServerSessionOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        var builder = new ServerSessionBuilder(services);
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServerSessionOptions>, ServerSessionOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerSessionMetrics>();
        services.TryAddSingleton(static provider => new SessionRuntimes(SessionRuntimeFactory.Create(provider), new SecretSource(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StorePruning>());
        if (!services.Any(static service => service.ServiceType == typeof(ISessionStore)))
        {
            builder.AddMemoryStore();
        }

        return builder;
    }

    private sealed class ServerSessionBuilder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
