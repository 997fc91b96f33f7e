using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores.File;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the file store.</summary>
public static class FileSessionStoreBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in a folder of files. The last store that is registered wins. The folder is opened when the host starts, and the start fails with
    /// the reason where that is not possible. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">See <see cref="FileSessionStoreOptions.Path"/>.</param>
    /// <param name="configure">Sets further options; runs after the path was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the path is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(
        this IServerSessionBuilder builder, string path = FileSessionStoreOptions.DefaultPath, Action<FileSessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return builder.AddFileStore(options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
    }

    /// <summary>As <see cref="AddFileStore(IServerSessionBuilder, string, Action{FileSessionStoreOptions}?)"/>, with everything set by a delegate.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddFileStore(this IServerSessionBuilder builder, Action<FileSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<FileSessionStoreOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FileSessionStoreOptions>, FileSessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new FileSessionStore(
            provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<FileSessionStore>>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<FileSessionStore>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FileSessionStoreOpening>());
        return builder;
    }
}
