using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores;

/// <summary>
/// Registers a store: the common part of the methods <c>AddXStore</c>. The last registered store is used. Options of repeated calls
/// accumulate in call order. The host validates the options when it starts, and opens a store that is an
/// <see cref="IOpenableSessionStore"/>. The service container disposes the store. Thread safe.
/// </summary>
/// <remarks>
/// An application may register a store that wraps <typeparamref name="TStore"/>. At its start the host then opens the wrapper if that is an
/// <see cref="IOpenableSessionStore"/>, and otherwise the wrapped store, if the wrapper takes it when it is created.
/// </remarks>
/// <typeparam name="TStore">The store.</typeparam>
/// <typeparam name="TOptions">Its options; the store reads those of the builder's name.</typeparam>
/// <param name="create">Creates the store. Called once for each name of sessions.</param>
/// <param name="validator">Validates the options.</param>
/// <param name="unavailable">What the host's start does if the backend cannot be reached.</param>
public sealed class StoreRegistration<
    TStore,
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor
    )]
TOptions
>(
    Func<TOptions, TimeProvider?, ILogger<TStore>?, TStore> create,
    IValidateOptions<TOptions> validator,
    UnavailableAtStart unavailable = UnavailableAtStart.Fail
)
    where TStore : class, ISessionStore
    where TOptions : class
{
    /// <summary>Registers the store, replacing any other, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public IServerSessionBuilder Add(IServerSessionBuilder builder, Action<IServiceProvider, TOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        var name = builder.Name;
        services
            .AddOptions<TOptions>(name)
            .Configure<IServiceProvider>((options, provider) => configure(provider, options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton(validator));
        services.TryAddSingleton<CreatedStores>();
        if (name.Length == 0)
        {
            services.TryAddSingleton(provider => Create(provider, name, provider.GetRequiredService<IOptions<TOptions>>().Value));
            services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<TStore>()));
        }
        else
        {
            services.TryAddKeyedSingleton(
                name,
                (provider, _) => Create(provider, name, provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name))
            );
            services.Replace(
                ServiceDescriptor.KeyedSingleton<ISessionStore>(
                    name,
                    static (provider, key) => provider.GetRequiredKeyedService<TStore>(key)
                )
            );
        }

        AddOpening(services, name);
        return builder;
    }

    /// <summary>Registers the store with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public IServerSessionBuilder Add(IServerSessionBuilder builder, Action<TOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, (_, options) => configure(options));
    }

    /// <summary>
    /// Registers the store with options from a section of the configuration, read when the options are created. An unknown key or a value
    /// of the wrong type stops the host's start; the message names the key and shows no value.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section. An absent section sets nothing.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public IServerSessionBuilder Add(IServerSessionBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(builder, (_, options) => StoreSection.Bind(section, options));
    }

    /// <summary>
    /// Registers the store with the driver's client that is registered in the container. The host does not start if none is registered.
    /// </summary>
    /// <typeparam name="TClient">The type of the client.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="take">Sets the client in the options, unless they have one.</param>
    /// <param name="method">The name of the calling method, for messages.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public IServerSessionBuilder AddOnRegistered<TClient>(IServerSessionBuilder builder, Action<TOptions, TClient> take, string method)
        where TClient : class =>
        Add(builder, (provider, options) =>
            take(
                options,
                provider.GetService<TClient>()
                    ?? throw new InvalidOperationException(
                        $"{method}() takes the {typeof(TClient).Name} of the application's services, and none is registered. "
                            + $"Register one with services.AddSingleton<{typeof(TClient).Name}>(…), or call {method} with a connection "
                            + $"string."
                    )
            )
        );

    private TStore Create(IServiceProvider provider, string name, TOptions options) =>
        provider
            .GetRequiredService<CreatedStores>()
            .Add(name, create(options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<TStore>>()));

    /// <summary>Has the host open the store of these sessions. Does nothing if an earlier call did.</summary>
    private void AddOpening(IServiceCollection services, string name)
    {
        var opening = new OpeningRegistered(typeof(TStore), name);
        if (
            typeof(IOpenableSessionStore).IsAssignableFrom(typeof(TStore))
            && !services.Any(service => !service.IsKeyedService && opening.Equals(service.ImplementationInstance))
        )
        {
            services.AddSingleton(opening);
            services.AddSingleton<IHostedService>(provider => new StoreOpening<TStore>(
                provider,
                provider.GetRequiredService<CreatedStores>(),
                name,
                unavailable
            ));
        }
    }
}

/// <summary>Marks, among the services, that the host opens a store. A repeated registration must not open it twice.</summary>
internal sealed record OpeningRegistered(Type Store, string Name);
