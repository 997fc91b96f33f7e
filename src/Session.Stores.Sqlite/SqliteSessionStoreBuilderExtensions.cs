using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Stores.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SQLite store.</summary>
public static class SqliteSessionStoreBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in an SQLite database. The last store that is registered wins. The database is opened when the host starts, and the start fails with
    /// the reason where that is not possible. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionStringOrPath">See <see cref="SqliteSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options; runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder, string connectionStringOrPath, Action<SqliteSessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connectionStringOrPath);
        return builder.AddSqliteStore(options =>
        {
            options.ConnectionString = connectionStringOrPath;
            configure?.Invoke(options);
        });
    }

    /// <summary>As <see cref="AddSqliteStore(IServerSessionBuilder, string, Action{SqliteSessionStoreOptions}?)"/>, with everything set by a delegate.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddSqliteStore(
        this IServerSessionBuilder builder, Action<SqliteSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<SqliteSessionStoreOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SqliteSessionStoreOptions>, SqliteSessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new SqliteSessionStore(
            provider.GetRequiredService<IOptions<SqliteSessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<SqliteSessionStore>>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<SqliteSessionStore>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqliteSessionStoreOpening>());
        return builder;
    }
}
