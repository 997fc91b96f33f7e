using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a store of your own.</summary>
public static class ServerSessionBuilderExtensions
{
    /// <summary>Registers a store that the service container creates. Replaces any store added before. The container disposes it.</summary>
    /// <typeparam name="TStore">The type of the store.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(
        this IServerSessionBuilder builder
    )
        where TStore : class, ISessionStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(
            builder.Name.Length == 0
                ? ServiceDescriptor.Singleton<ISessionStore, TStore>()
                : ServiceDescriptor.KeyedSingleton<ISessionStore, TStore>(builder.Name)
        );
        return builder;
    }

    /// <summary>Registers a store that a function creates. Replaces any store added before. The container disposes it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="create">Creates the store; called once.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddStore(this IServerSessionBuilder builder, Func<IServiceProvider, ISessionStore> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        builder.Services.Replace(
            builder.Name.Length == 0
                ? ServiceDescriptor.Singleton(create)
                : ServiceDescriptor.KeyedSingleton(builder.Name, (provider, _) => create(provider))
        );
        return builder;
    }
}
