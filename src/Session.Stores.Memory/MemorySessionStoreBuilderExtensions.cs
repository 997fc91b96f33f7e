using Microsoft.Extensions.Configuration;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the memory store. Calls add up: each sets options on top of the earlier ones.</summary>
public static class MemorySessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<MemorySessionStore, MemorySessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new MemorySessionStore(options, timeProvider, logger),
        new MemorySessionStoreOptionsValidator()
    );

    /// <summary>Stores sessions in the memory of this process. The last registered store is used.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMemoryStore(this IServerSessionBuilder builder) => Store.Add(builder, static (_, _) => { });

    /// <summary>Stores sessions in the memory of this process, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options. Runs once, when the store is created. Invalid values stop the start.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMemoryStore(this IServerSessionBuilder builder, Action<MemorySessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Stores sessions in the memory of this process, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMemoryStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, MemorySessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Stores sessions in the memory of this process, with options from the configuration. The keys are the option names, which the
    /// package's README lists. An unknown key or a value of the wrong type stops the start with the key's name. An absent section sets
    /// nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:Memory")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddMemoryStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
