using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores;

/// <summary>
/// Registers a backend: the common part of the <c>AddXStore</c> methods. Options of repeated calls accumulate in call order.
/// </summary>
/// <typeparam name="TStore">The store.</typeparam>
/// <typeparam name="TOptions">Its options; the store reads the unnamed ones.</typeparam>
/// <param name="create">Creates the store.</param>
/// <param name="validator">Validates the options at start.</param>
/// <param name="opening">The hosted service that opens the store at start; <see langword="null"/> if there is none.</param>
internal sealed class StoreRegistration<
    TStore,
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor
    )]
TOptions
>(Func<TOptions, TimeProvider?, ILogger<TStore>?, TStore> create, ServiceDescriptor validator, ServiceDescriptor? opening = null)
    where TStore : class, ISessionStore
    where TOptions : class
{
    /// <summary>Registers the store, replacing any other, with options that a delegate sets.</summary>
    public IServerSessionBuilder Add(IServerSessionBuilder builder, Action<IServiceProvider, TOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<TOptions>().Configure<IServiceProvider>((options, provider) => configure(provider, options)).ValidateOnStart();
        services.TryAddEnumerable(validator);
        services.TryAddSingleton(provider =>
            create(
                provider.GetRequiredService<IOptions<TOptions>>().Value,
                provider.GetService<TimeProvider>(),
                provider.GetService<ILogger<TStore>>()
            )
        );
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<TStore>()));
        if (opening is not null)
        {
            services.TryAddEnumerable(opening);
        }

        return builder;
    }

    /// <summary>Registers the store with options from a section of the configuration, read when the options are created.</summary>
    public IServerSessionBuilder Add(IServerSessionBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(builder, (_, options) => StoreSection.Bind(section, options));
    }

    /// <summary>Registers the store with the client that is registered in the container.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="take">Sets the client in the options, unless they have one.</param>
    /// <param name="method">The name of the calling method, for messages.</param>
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
