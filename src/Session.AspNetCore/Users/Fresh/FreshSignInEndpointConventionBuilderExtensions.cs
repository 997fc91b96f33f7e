using Microsoft.AspNetCore.Authorization;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Requires a fresh sign-in of endpoints and policies.</summary>
public static class FreshSignInEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Requires that the user of the session has proved an identity a short time ago. Otherwise the response is the challenge of the
    /// authentication scheme, with which the user signs in again; 401 if there is no scheme. Needs <c>AddUserSessions</c> and
    /// <c>AddAuthorization</c>.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or a group of endpoints.</param>
    /// <param name="within">How long ago at most. More than zero.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public static TBuilder RequireFreshSignIn<TBuilder>(this TBuilder builder, TimeSpan within)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder().RequireFreshSignIn(within).Build());

    /// <summary>Requires that the user of the session has proved an identity a short time ago, in a policy of the application.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="within">How long ago at most. More than zero.</param>
    /// <returns>The same policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public static AuthorizationPolicyBuilder RequireFreshSignIn(this AuthorizationPolicyBuilder policy, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        return policy.AddRequirements(new FreshSignInRequirement(within));
    }
}
