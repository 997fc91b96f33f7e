using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard.</summary>
public static class SessionDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the dashboard of the sessions that <c>AddSessionDashboard</c> was called for. Give it an authorization policy that only
    /// operators meet: without <c>RequireAuthorization</c> the application does not start. <c>AllowAnonymous()</c> counts in the
    /// environment <c>Development</c> alone.
    /// </summary>
    /// <remarks>
    /// Its pages have no script. They show no session id, store key, value or connection string. The addresses of its pages name users
    /// encrypted with Data Protection.
    /// </remarks>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The path.</param>
    /// <returns>A builder of all its endpoints.</returns>
    /// <exception cref="InvalidOperationException">
    /// <c>AddSessionDashboard</c> was not called, or the dashboard is mapped already.
    /// </exception>
    public static IEndpointConventionBuilder MapSessionDashboard(this IEndpointRouteBuilder endpoints, string pattern = "/ops/sessions")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var services = endpoints.ServiceProvider;
        var map =
            services.GetService<DashboardMap>()
            ?? throw new InvalidOperationException(
                "The session dashboard was not mapped: its services are missing. Call "
                    + "builder.Services.AddServerSessions(...).AddSessionDashboard()."
            );
        map.Map();
        var pages = new DashboardEndpoints(
            services.GetRequiredService<IOptions<SessionDashboardOptions>>().Value,
            map.OperatorOf(services),
            services.GetRequiredService<SessionCounts>(),
            new DashboardTokens(services.GetRequiredService<IDataProtectionProvider>()),
            new DashboardAccess(services.GetRequiredService<IHostEnvironment>()),
            services.GetRequiredService<LinkGenerator>(),
            services.GetRequiredService<IAntiforgery>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger(DashboardLog.Category)
        );
        var group = endpoints.MapGroup(pattern).WithMetadata(map);
        Get(group, "", pages.OverviewAsync, nameof(DashboardLinks.Overview));
        Get(group, "user/{token}", pages.UserAsync, nameof(DashboardLinks.User));
        Get(group, "session/{token}", pages.SessionAsync, nameof(DashboardLinks.Session));
        Get(group, "end/{token}", pages.ConfirmAsync, nameof(DashboardLinks.End));
        Get(group, StyleSheet.FileName, StyleSheet.WriteAsync, nameof(DashboardLinks.StyleSheet));
        group.MapPost("search", (RequestDelegate)pages.SearchAsync).WithName(DashboardLinks.NameOf(nameof(DashboardLinks.Search)));
        group.MapPost("end/{token}", (RequestDelegate)pages.EndAsync);
        return group;
    }

    private static readonly EmbeddedAsset StyleSheet = new(typeof(DashboardEndpoints).Assembly, "dashboard.css", "text/css");

    private static void Get(RouteGroupBuilder group, string pattern, RequestDelegate page, string name) =>
        group.MapGet(pattern, page).WithName(DashboardLinks.NameOf(name));
}
