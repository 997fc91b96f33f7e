using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerSessions;
using ServerSessions.Stores.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the PostgreSQL store.</summary>
public static class PostgresSessionStoreBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in a PostgreSQL database. The last store that is registered wins. The table is looked at, and created where it is missing, when the host
    /// starts, and the start fails with the reason where it cannot be used; a server that is merely away is a warning. The service container disposes the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">See <see cref="PostgresSessionStoreOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets further options; runs after the connection string was set.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder, string connectionString, Action<PostgresSessionStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.AddPostgresStore(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    /// <summary>As <see cref="AddPostgresStore(IServerSessionBuilder, string, Action{PostgresSessionStoreOptions}?)"/>, with everything set by a delegate.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(
        this IServerSessionBuilder builder, Action<PostgresSessionStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, (options, _) => configure(options));
    }

    /// <summary>
    /// As <see cref="AddPostgresStore(IServerSessionBuilder, string, Action{PostgresSessionStoreOptions}?)"/>, on a data source that the application has already:
    /// <c>AddPostgresStore(services => services.GetRequiredService&lt;NpgsqlDataSource&gt;())</c>. The store does not dispose it. Further
    /// options are set with <c>services.Configure&lt;PostgresSessionStoreOptions&gt;(…)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">Gives the data source.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the delegate is <see langword="null"/>.</exception>
    public static IServerSessionBuilder AddPostgresStore(this IServerSessionBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return Add(builder, (options, services) => options.DataSource = dataSource(services));
    }

    private static IServerSessionBuilder Add(IServerSessionBuilder builder, Action<PostgresSessionStoreOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<PostgresSessionStoreOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<PostgresSessionStoreOptions>, PostgresSessionStoreOptionsValidator>());
        services.TryAddSingleton(static provider => new PostgresSessionStore(
            provider.GetRequiredService<IOptions<PostgresSessionStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<PostgresSessionStore>>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<PostgresSessionStore>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PostgresSessionStoreOpening>());
        return builder;
    }
}
