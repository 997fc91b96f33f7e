using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a store of one's own.</summary>
public static class ServerSessionBuilderExtensions
{
    /// <summary>Uses a store that the container makes, in place of any added before. The container disposes it.</summary>
    /// <typeparam name="TStore">The store.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(
        this IServerSessionBuilder builder
    )
        where TStore : class, ISessionStore
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore, TStore>());
        return builder;
    }

    /// <summary>Uses a store that a function makes, in place of any added before. The container disposes it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="create">Makes the store; called once.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddStore(this IServerSessionBuilder builder, Func<IServiceProvider, ISessionStore> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        builder.Services.Replace(ServiceDescriptor.Singleton(create));
        return builder;
    }
}
