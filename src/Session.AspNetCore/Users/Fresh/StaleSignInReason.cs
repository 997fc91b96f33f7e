using Microsoft.AspNetCore.Authorization;

namespace ServerSessions;

/// <summary>The reason of an authorization that failed because the user must sign in again.</summary>
public sealed class StaleSignInReason : AuthorizationFailureReason
{
    /// <summary>Initializes a new instance of the <see cref="StaleSignInReason"/> class.</summary>
    /// <param name="handler">The handler that failed.</param>
    /// <param name="requirement">What was required.</param>
    /// <param name="authenticatedAt">When the user last proved an identity; <see langword="null"/> if no one is signed in.</param>
    public StaleSignInReason(IAuthorizationHandler handler, FreshSignInRequirement requirement, DateTimeOffset? authenticatedAt)
        : base(handler, "The user must sign in again: the last sign-in is too long ago, or not known.") =>
        (Requirement, AuthenticatedAt) = (requirement, authenticatedAt);

    /// <summary>What was required.</summary>
    public FreshSignInRequirement Requirement { get; }

    /// <summary>When the user last proved an identity; <see langword="null"/> if that is not known, or if no one is signed in.</summary>
    public DateTimeOffset? AuthenticatedAt { get; }
}
