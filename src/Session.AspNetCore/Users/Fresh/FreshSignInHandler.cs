using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>Compares when the user of a request's session last proved an identity with what is required.</summary>
internal sealed class FreshSignInHandler(IServiceProvider services, TimeProvider timeProvider)
    : AuthorizationHandler<FreshSignInRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, FreshSignInRequirement requirement)
    {
        var at = await FindAsync(context.Resource as HttpContext ?? services.GetService<IHttpContextAccessor>()?.HttpContext, requirement);
        if (at is { } instant && timeProvider.GetUtcNow() - instant <= requirement.Within)
        {
            context.Succeed(requirement);
        }
        else
        {
            context.Fail(new StaleSignInReason(this, requirement, at));
        }
    }

    private async ValueTask<DateTimeOffset?> FindAsync(HttpContext? request, FreshSignInRequirement requirement)
    {
        if (request is null)
        {
            return null;
        }

        // Authorization may be in front of the middleware.
        var sessions = new TicketSession(NamedServices.Runtimes(services, requirement.SessionName), requirement.SessionName);
        var feature = await sessions.OpenAsync(request, request.RequestAborted);
        return feature.UseExisting()?.Login?.AuthenticatedAt;
    }
}
