using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers server sessions.</summary>
public static class ServerSessionServiceCollectionExtensions
{
    private static readonly string DefaultName = Options.Options.DefaultName;

    /// <summary>
    /// Registers server sessions. They are kept in memory until a backend package's <c>AddXStore</c> is called on the returned builder. The
    /// options, at least <see cref="ServerSessionOptions.Secret"/>, must be set elsewhere.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services) => services.AddServerSessions(DefaultName);

    /// <summary>
    /// Registers server sessions of a name, beside others in the same application: an admin's beside a visitor's. Each name has its own
    /// options, cookie, secret and store. Sessions are kept in memory until an <c>AddXStore</c> is called on the returned builder.
    /// </summary>
    /// <remarks>
    /// <c>UseServerSessions(name)</c> adds them to the pipeline, and <c>HttpContext.GetServerSession(name)</c> returns the session. The
    /// options are named options. The store is a keyed service: <c>[FromKeyedServices("admin")] ISessionStore</c>.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">
    /// The name, compared with regard to case. The empty name is that of <see cref="AddServerSessions(IServiceCollection)"/>.
    /// </param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        services.AddOptions<ServerSessionOptions>(name).ValidateOnStart();
        var builder = new ServerSessionBuilder(services, name);
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServerSessionOptions>, ServerSessionOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerSessionMetrics>();
        services.TryAddSingleton<SecretsInUse>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, EndpointOrder>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<MvcOptions>, MvcParameters>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HubOptions>, SessionHubFilter>());
        AddRuntimes(services, name);
        if (!NamedServices.Has(services, typeof(ISessionStore), name))
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
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, Action<ServerSessionOptions> configure) =>
        services.AddServerSessions(DefaultName, configure);

    /// <summary>
    /// Registers server sessions of a name and sets their options; see <see cref="AddServerSessions(IServiceCollection, string)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name, compared with regard to case.</param>
    /// <param name="configure">
    /// Sets the options. <see cref="ServerSessionOptions.Secret"/> and the cookie's name must differ from those of every other name.
    /// </param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(
        this IServiceCollection services,
        string name,
        Action<ServerSessionOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddServerSessions(name);
        services.Configure(name, configure);
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
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, IConfiguration section) =>
        services.AddServerSessions(DefaultName, section);

    /// <summary>
    /// Registers server sessions with options from a section of the configuration, and sets further options; see
    /// <see cref="AddServerSessions(IServiceCollection, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, read when the application starts.</param>
    /// <param name="configure">Sets options after the section, and overrides it.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(
        this IServiceCollection services,
        IConfiguration section,
        Action<ServerSessionOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddServerSessions(section);
        return services.AddServerSessions(configure);
    }

    /// <summary>
    /// Registers server sessions of a name with options from a section of the configuration; see
    /// <see cref="AddServerSessions(IServiceCollection, string)"/> and
    /// <see cref="AddServerSessions(IServiceCollection, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name, compared with regard to case.</param>
    /// <param name="section">The section, read when the application starts.</param>
    /// <returns>The builder to which to add a store.</returns>
    public static IServerSessionBuilder AddServerSessions(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddServerSessions(name);
        services.AddSingleton<IConfigureOptions<ServerSessionOptions>>(new OptionsFromSection(name, section));
        services.AddSingleton<IOptionsChangeTokenSource<ServerSessionOptions>>(
            new ConfigurationChangeTokenSource<ServerSessionOptions>(name, section)
        );
        return builder;
    }

    private static void AddRuntimes(IServiceCollection services, string name)
    {
        if (NamedServices.Has(services, typeof(SessionRuntimes), name))
        {
            return;
        }

        SessionRuntimes Create(IServiceProvider provider) =>
            new(
                SessionRuntimeFactory.Create(provider, name),
                new SecretSource(provider, name),
                provider.GetRequiredService<SecretsInUse>()
            );

        PruneWatch Watch(IServiceProvider provider) => new(provider, name, provider.GetRequiredService<TimeProvider>());

        if (name.Length == 0)
        {
            services.AddSingleton(Create);
            services.AddSingleton(Watch);
        }
        else
        {
            services.AddKeyedSingleton(name, (provider, _) => Create(provider));
            services.AddKeyedSingleton(name, (provider, _) => Watch(provider));
        }

        services.AddSingleton(new SessionsName(name));
        services.AddSingleton<IHostedService>(provider => new StorePruning(
            provider,
            name,
            NamedServices.PruneWatch(provider, name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StorePruning>>()
        ));
    }

    private sealed class ServerSessionBuilder(IServiceCollection services, string name) : IServerSessionBuilder
    {
        public IServiceCollection Services { get; } = services;

        public string Name { get; } = name;
    }
}
