using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServerSessions;

/// <summary>
/// Lets a user whose sign-in is too long ago sign in again: the scheme's challenge is the response, as for a request without a user. By
/// default a user who is signed in is refused instead. Without a scheme the response is 401.
/// </summary>
internal sealed class FreshSignInResult(IAuthenticationSchemeProvider? schemes = null) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _default = new();

    /// <summary>Registers it, unless the application has a handler of its own.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (
            services.LastOrDefault(static service => service.ServiceType == typeof(IAuthorizationMiddlewareResultHandler))
            is null or { ImplementationType.Name: nameof(AuthorizationMiddlewareResultHandler) }
        )
        {
            services.Replace(
                ServiceDescriptor.Singleton<IAuthorizationMiddlewareResultHandler>(static provider => new FreshSignInResult(
                    provider.GetService<IAuthenticationSchemeProvider>()
                ))
            );
        }
    }

    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (!IsToSignIn(policy, authorizeResult))
        {
            await _default.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        if (policy.AuthenticationSchemes.Count > 0)
        {
            foreach (var scheme in policy.AuthenticationSchemes)
            {
                await context.ChallengeAsync(scheme);
            }
        }
        else if (schemes is not null && await schemes.GetDefaultChallengeSchemeAsync() is not null)
        {
            await context.ChallengeAsync();
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    }

    /// <summary>Whether a sign-in would help. The result for a request without a user has no reasons.</summary>
    private static bool IsToSignIn(AuthorizationPolicy policy, PolicyAuthorizationResult result) =>
        result.Forbidden
            ? result.AuthorizationFailure?.FailureReasons.OfType<StaleSignInReason>().Any() == true
            : result.Challenged && policy.Requirements.OfType<FreshSignInRequirement>().Any();
}
