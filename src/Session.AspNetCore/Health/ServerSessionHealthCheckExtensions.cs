using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of sessions.</summary>
public static class ServerSessionHealthCheckExtensions
{
    // More than the two seconds after which the stores give up, and less than the usual timeout of a prober.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Adds a health check of these sessions: it reads an id that no session has, over the connection that requests use. Healthy if the
    /// store replies; degraded if it is slow, expired sessions are not removed, sessions are in memory outside of Development, the lists of
    /// users' sessions fail, or the second store of a move is away; unhealthy if the read fails. Use it for readiness, never for liveness:
    /// a dead store would restart every instance.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">
    /// The name of the check. Default <c>sessions</c>, or <c>sessions:NAME</c> for sessions with a name.
    /// </param>
    /// <param name="failureStatus">The status if the read fails. Default <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to choose checks by, such as <c>ready</c>.</param>
    /// <param name="timeout">The longest wait for a probe; more than zero. Default 3 seconds.</param>
    /// <param name="configure">Sets further options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="timeout"/> or <see cref="ServerSessionHealthOptions.SlowAfter"/> is not more than zero.
    /// </exception>
    public static IServerSessionBuilder AddHealthCheck(
        this IServerSessionBuilder builder,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        Action<ServerSessionHealthOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ServerSessionHealthOptions();
        configure?.Invoke(options);
        var limit = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.SlowAfter, TimeSpan.Zero, nameof(configure));

        // One for all calls of the factory: the result is kept in it.
        ServerSessionHealthCheck? check = null;
        var sessions = builder.Name;
        builder
            .Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name ?? (sessions.Length == 0 ? "sessions" : $"sessions:{sessions}"),
                    services => LazyInitializer.EnsureInitialized(ref check, () => Create(services, sessions, options, limit)),
                    failureStatus,
                    tags
                )
            );
        return builder;
    }

    private static ServerSessionHealthCheck Create(
        IServiceProvider services,
        string sessions,
        ServerSessionHealthOptions options,
        TimeSpan timeout
    )
    {
        // The factory is called in the scope of a probe.
        var runtimes = NamedServices.Runtimes(services, sessions);
        var timeProvider = services.GetRequiredService<TimeProvider>();
        return new ServerSessionHealthCheck(
            new HealthProbe(() => runtimes.Current, options, timeout, timeProvider),
            () => runtimes.Current,
            NamedServices.PruneWatch(services, sessions),
            services.GetService<IHostEnvironment>(),
            timeProvider,
            services.GetRequiredService<ILogger<ServerSessionHealthCheck>>()
        );
    }
}
