using Microsoft.Extensions.Configuration;
using ServerSessions.Stores;
using ServerSessions.Stores.File;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the file store. Options of repeated calls accumulate in call order.</summary>
public static class FileSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<FileSessionStore, FileSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new FileSessionStore(options, timeProvider, logger),
        new FileSessionStoreOptionsValidator()
    );

    /// <summary>
    /// Registers the store that keeps sessions in a folder of files. The last registered store is used. The host opens the folder when it
    /// starts, and does not start if that fails. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The folder: see <see cref="FileSessionStoreOptions.Path"/>.</param>
    /// <param name="configure">A delegate that sets further options, run after the path is set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the path is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(
        this IServerSessionBuilder builder,
        string path = FileSessionStoreOptions.DefaultPath,
        Action<FileSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        return Store.Add(builder, options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
    }

    /// <summary>Registers the file store with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(this IServerSessionBuilder builder, Action<FileSessionStoreOptions> configure) =>
        Store.Add(builder, configure);

    /// <summary>Registers the file store with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, FileSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Registers the file store with options from the configuration. The keys are the option names, which the package's README lists.
    /// An unknown key or a value of the wrong type stops the host's start; the message names the key. An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:File")</c>. Read once, when the store is created.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
