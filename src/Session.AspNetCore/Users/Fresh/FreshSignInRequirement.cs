using Microsoft.AspNetCore.Authorization;

namespace ServerSessions;

/// <summary>
/// Requires that the user of the session has proved an identity a short time ago: <see cref="UserLogin.AuthenticatedAt"/>. For what needs
/// more than a session that is still open, such as a change of the password.
/// </summary>
/// <param name="Within">How long ago at most. More than zero.</param>
/// <param name="SessionName">The name of the sessions; empty for those without one.</param>
public sealed record FreshSignInRequirement(TimeSpan Within, string SessionName = "") : IAuthorizationRequirement;
