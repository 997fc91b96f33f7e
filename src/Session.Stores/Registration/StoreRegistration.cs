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
/// <typeparam name="TStore">The store.</typeparam>
/// <typeparam name="TOptions">Its options; the store reads the unnamed ones.</typeparam>
/// <param name="create">Creates the store. Called once.</param>
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
        services.AddOptions<TOptions>().Configure<IServiceProvider>((options, provider) => configure(provider, options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton(validator));
        services.TryAddSingleton(provider =>
            create(
                provider.GetRequiredService<IOptions<TOptions>>().Value,
                provider.GetService<TimeProvider>(),
                provider.GetService<ILogger<TStore>>()
            )
        );
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<TStore>()));
        if (typeof(IOpenableSessionStore).IsAssignableFrom(typeof(TStore)))
        {
            services.TryAddEnumerable(
                ServiceDescriptor.Singleton<IHostedService, StoreOpening<TStore>>(provider => new StoreOpening<TStore>(
                    provider,
                    unavailable
                ))
            );
        }

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
}
