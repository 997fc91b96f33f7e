using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores.Memory;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="MemorySessionStore"/>.</summary>
public static class MemorySessionStoreBuilderExtensions
{
    /// <summary>Keeps sessions in the memory of this process. The store registered last is the one that is used.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; may be absent, and is run once, when the store is made. Bad values fail at start.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddMemoryStore(this IServerSessionBuilder builder, Action<MemorySessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var options = services.AddOptions<MemorySessionStoreOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MemorySessionStoreOptions>, MemorySessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new MemorySessionStore(
            provider.GetRequiredService<IOptions<MemorySessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<MemorySessionStore>>()));
        services.RemoveAll<ISessionStore>();
        services.AddSingleton<ISessionStore>(static provider => provider.GetRequiredService<MemorySessionStore>());
        return builder;
    }
}
