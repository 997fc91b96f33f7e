using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers server sessions.</summary>
public static class ServerSessionServiceCollectionExtensions
{
    /// <summary>
    /// Registers server sessions. They are kept in memory until a backend package's <c>AddXStore</c> is called on the returned builder. The
    /// options, at least <see cref="ServerSessionOptions.Secret"/>, must be set elsewhere.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ServerSessionOptions>().ValidateOnStart();
        var builder = new ServerSessionBuilder(services);
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServerSessionOptions>, ServerSessionOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerSessionMetrics>();
        services.TryAddSingleton(static provider => new SessionRuntimes(
            SessionRuntimeFactory.Create(provider),
            new SecretSource(provider)
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StorePruning>());
        if (!services.Any(static service => service.ServiceType == typeof(ISessionStore)))
        {
            builder.AddMemoryStore();
        }

        return builder;
    }

    /// <summary>
    /// Registers server sessions and sets their options. They are kept in memory until a backend package's <c>AddXStore</c> is called on
    /// the returned builder. Another call adds to the options.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options. <see cref="ServerSessionOptions.Secret"/> must be set here or by configuration.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, Action<ServerSessionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddServerSessions();
        services.Configure(configure);
        return builder;
    }

    /// <summary>
    /// Registers server sessions with options from a section of the configuration, such as
    /// <c>builder.Configuration.GetSection("ServerSessions")</c>. Each option that is a value has a key of its name; the package's README
    /// lists them. Line breaks at the end of a secret are ignored.
    /// </summary>
    /// <remarks>
    /// Add a store to the returned builder: with <c>AddStoreFromConfiguration</c>, whose key <c>Store</c> may be in the same section, or
    /// with an <c>AddXStore</c> method.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// The section, read when the application starts. An unknown key, or a value of the wrong type, stops the start with
    /// <see cref="OptionsValidationException"/>. The message names the key and contains no value.
    /// </param>
    /// <param name="configure">Sets options after the section, and overrides it.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(
        this IServiceCollection services,
        IConfiguration section,
        Action<ServerSessionOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddServerSessions();
        services.AddSingleton<IConfigureOptions<ServerSessionOptions>>(new OptionsFromSection(section));
        services.AddSingleton<IOptionsChangeTokenSource<ServerSessionOptions>>(
            new ConfigurationChangeTokenSource<ServerSessionOptions>(section)
        );
        return configure is null ? builder : services.AddServerSessions(configure);
    }

    private sealed class ServerSessionBuilder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
