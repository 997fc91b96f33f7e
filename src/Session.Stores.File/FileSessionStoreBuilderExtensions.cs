using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerSessions.Stores;
using ServerSessions.Stores.File;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the file store. Calls add up: each sets options on top of those before it.</summary>
public static class FileSessionStoreBuilderExtensions
{
    private static readonly StoreRegistration<FileSessionStore, FileSessionStoreOptions> Store = new(
        static (options, timeProvider, logger) => new FileSessionStore(options, timeProvider, logger),
        ServiceDescriptor.Singleton<IValidateOptions<FileSessionStoreOptions>, FileSessionStoreOptionsValidator>(),
        ServiceDescriptor.Singleton<IHostedService, FileSessionStoreOpening>()
    );

    /// <summary>
    /// Keeps sessions in a folder of files. The store that is registered last is used. The folder is opened when the host starts: one that
    /// cannot be opened stops the start with the reason. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The folder: see <see cref="FileSessionStoreOptions.Path"/>.</param>
    /// <param name="configure">Sets further options. Runs after the path was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the path is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(
        this IServerSessionBuilder builder,
        string path = FileSessionStoreOptions.DefaultPath,
        Action<FileSessionStoreOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        return Store.Add(builder, (_, options) =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
    }

    /// <summary>Keeps sessions in a folder of files, with options that a delegate sets.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(this IServerSessionBuilder builder, Action<FileSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Store.Add(builder, (_, options) => configure(options));
    }

    /// <summary>Keeps sessions in a folder of files, with options that a delegate sets from other services.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(
        this IServerSessionBuilder builder,
        Action<IServiceProvider, FileSessionStoreOptions> configure
    ) => Store.Add(builder, configure);

    /// <summary>
    /// Keeps sessions in a folder of files, with options from the configuration. The keys are the names of the options;
    /// the package's README lists them. A key that is unknown, or a value of the wrong type, stops the start with the key's name.
    /// An absent section sets nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">
    /// The section that holds the options: <c>configuration.GetSection("ServerSessions:File")</c>. Read once, when the store is made.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the section is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(this IServerSessionBuilder builder, IConfiguration section) =>
        Store.Add(builder, section);
}
