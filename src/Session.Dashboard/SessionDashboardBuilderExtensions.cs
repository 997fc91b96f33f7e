using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the services of the dashboard.</summary>
public static class SessionDashboardBuilderExtensions
{
    /// <summary>
    /// Adds what the dashboard of these sessions needs. It is off until <c>MapSessionDashboard</c> maps it. With <c>AddUserSessions</c> it
    /// also finds the sessions of users.
    /// </summary>
    /// <param name="builder">The builder. One dashboard in an application: of these sessions.</param>
    /// <param name="configure">Sets the options. <see langword="null"/>: the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The dashboard was added for other sessions.</exception>
    public static IServerSessionBuilder AddSessionDashboard(
        this IServerSessionBuilder builder,
        Action<SessionDashboardOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddSessionOperator();
        var (services, name) = (builder.Services, builder.Name);
        services.AddOptions<SessionDashboardOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Select(static service => service.ImplementationInstance).OfType<DashboardMap>().FirstOrDefault() is { } known)
        {
            return known.SessionName == name
                ? builder
                : throw new InvalidOperationException(
                    "AddSessionDashboard was called for sessions of two names. An application has one dashboard: call it once."
                );
        }

        services.AddSingleton(new DashboardMap(name));
        services.AddAntiforgery();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SessionDashboardOptions>, SessionDashboardOptionsValidator>()
        );
        services.AddSingleton(static provider => new SessionCounts(
            provider.GetRequiredService<DashboardMap>().OperatorOf(provider),
            provider.GetRequiredService<IOptions<SessionDashboardOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IHostedService, DashboardStartCheck>();
        services.AddSingleton<IHostedService, SessionCountSampling>();
        return builder;
    }
}
