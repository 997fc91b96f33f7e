using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers two stores between which the sessions move while the application runs.</summary>
public static class MoveStoreBuilderExtensions
{
    /// <summary>
    /// Registers a move between two stores, in place of any store added before. The host does not start if one of the stores cannot compare
    /// and set, or if both are one store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="from">
    /// Adds the old store to the builder that it gets, as for a store alone: <c>old =&gt; old.AddSqliteStore(…)</c>.
    /// </param>
    /// <param name="to">Adds the new store to the builder that it gets.</param>
    /// <param name="mode">What happens to the sessions. <see cref="SessionMoveMode"/> says in which order to change it.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">One of the delegates adds no store.</exception>
    public static IServerSessionBuilder MoveStore(
        this IServerSessionBuilder builder,
        Action<IServerSessionBuilder> from,
        Action<IServerSessionBuilder> to,
        SessionMoveMode mode
    ) => builder.MoveStore(from, to, options => options.Mode = mode);

    /// <summary>Registers a move between two stores, with options that a delegate sets; see the other overloads.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="from">Adds the old store to the builder that it gets.</param>
    /// <param name="to">Adds the new store to the builder that it gets.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">One of the delegates adds no store.</exception>
    public static IServerSessionBuilder MoveStore(
        this IServerSessionBuilder builder,
        Action<IServerSessionBuilder> from,
        Action<IServerSessionBuilder> to,
        Action<SessionMoveOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<SessionMoveOptions>(builder.Name).Configure(configure);
        return Add(builder, from, to);
    }

    /// <summary>
    /// Registers a move between two stores, with options from a section of the configuration. A mode that a reload brings is used without
    /// a restart, if it differs by one step.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="from">Adds the old store to the builder that it gets.</param>
    /// <param name="to">Adds the new store to the builder that it gets.</param>
    /// <param name="section">
    /// The section with the keys of <see cref="SessionMoveOptions"/>: <c>configuration.GetSection("ServerSessions:Move")</c>. An unknown
    /// key or a value of the wrong type stops the start.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">One of the delegates adds no store.</exception>
    public static IServerSessionBuilder MoveStore(
        this IServerSessionBuilder builder,
        Action<IServerSessionBuilder> from,
        Action<IServerSessionBuilder> to,
        IConfiguration section
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.AddOptions<SessionMoveOptions>(builder.Name).Configure(options => StoreSection.Bind(section, options));
        builder.Services.AddSingleton(new MoveSection(builder.Name, section));
        return Add(builder, from, to);
    }

    private static IServerSessionBuilder Add(
        IServerSessionBuilder builder,
        Action<IServerSessionBuilder> from,
        Action<IServerSessionBuilder> to
    )
    {
        var (services, name) = (builder.Services, builder.Name);
        var oldName = AddPart(builder, MoveSide.Old, from, nameof(from));
        var newName = AddPart(builder, MoveSide.New, to, nameof(to));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SessionMoveOptions>, SessionMoveOptionsValidator>());
        services.TryAddKeyedSingleton(
            name,
            (provider, _) =>
                new MoveModes(
                    provider.GetRequiredService<IOptionsFactory<SessionMoveOptions>>(),
                    provider.GetServices<MoveSection>(),
                    name,
                    LoggerOf(provider)
                )
        );
        services.TryAddKeyedSingleton(
            name,
            (provider, _) =>
            {
                var modes = provider.GetRequiredKeyedService<MoveModes>(name);
                return MovingSessionStore.Create(
                    provider.GetRequiredKeyedService<ISessionStore>(oldName),
                    provider.GetRequiredKeyedService<ISessionStore>(newName),
                    () => modes.Current.Mode,
                    provider.GetService<TimeProvider>(),
                    LoggerOf(provider),
                    provider.GetService<IMeterFactory>()
                );
            }
        );
        services.Replace(
            name.Length == 0
                ? ServiceDescriptor.Singleton<ISessionStore>(provider => provider.GetRequiredKeyedService<MovingSessionStore>(name))
                : ServiceDescriptor.KeyedSingleton<ISessionStore>(
                    name,
                    (provider, _) => provider.GetRequiredKeyedService<MovingSessionStore>(name)
                )
        );
        AddHosted(services, name);
        return builder;
    }

    private static string AddPart(
        IServerSessionBuilder builder,
        string side,
        Action<IServerSessionBuilder> add,
        string paramName
    )
    {
        ArgumentNullException.ThrowIfNull(add, paramName);
        var part = new MovePart(builder, side);
        add(part);
        return builder.Services.Any(service => service.ServiceType == typeof(ISessionStore) && part.Name.Equals(service.ServiceKey))
            ? part.Name
            : throw new ArgumentException(
                $"MoveStore has no {side} store: the delegate '{paramName}' added none to the builder that it got. Call an AddXStore "
                    + "method on it.",
                paramName
            );
    }

    private static void AddHosted(IServiceCollection services, string name)
    {
        var registered = new MoveRegistered(name);
        if (services.Any(service => !service.IsKeyedService && registered.Equals(service.ImplementationInstance)))
        {
            return;
        }

        services.AddSingleton(registered);
        services.AddSingleton<IHostedService>(provider => new MoveStart(
            provider,
            name,
            LoggerOf(provider)
        ));
        services.AddSingleton<IHostedService>(provider => new MoveDrain(
            provider,
            name,
            provider.GetRequiredKeyedService<MoveModes>(name),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            LoggerOf(provider)
        ));
    }

    private static ILogger<MovingSessionStore> LoggerOf(IServiceProvider provider) =>
        provider.GetService<ILogger<MovingSessionStore>>() ?? NullLogger<MovingSessionStore>.Instance;
}
