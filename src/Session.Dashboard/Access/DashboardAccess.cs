using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ServerSessions;

/// <summary>Refuses a dashboard that anyone could open: each of its endpoints must have an authorization policy.</summary>
internal sealed class DashboardAccess(IHostEnvironment environment)
{
    /// <exception cref="InvalidOperationException">The endpoint is open.</exception>
    public void ThrowIfOpen(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            if (!environment.IsDevelopment())
            {
                throw new InvalidOperationException(
                    "The session dashboard is open to anyone: AllowAnonymous() counts in the environment Development alone. Call "
                        + "app.MapSessionDashboard(...).RequireAuthorization(\"<policy>\")."
                );
            }
        }
        else if (endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null)
        {
            throw new InvalidOperationException(
                "The session dashboard has no authorization policy, so anyone could open it. Call "
                    + "app.MapSessionDashboard(...).RequireAuthorization(\"<policy>\") with a policy that only operators meet."
            );
        }
    }
}
