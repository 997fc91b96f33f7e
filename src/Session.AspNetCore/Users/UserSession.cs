namespace ServerSessions;

/// <summary>A live session of a user, in a list of them.</summary>
/// <param name="Login">The sign-in: handle, device, address.</param>
/// <param name="LastSeenAt">
/// When the session was last used, exact to <see cref="ServerSessionOptions.TouchThrottle"/>. <see langword="null"/> if its expiry does not
/// tell: near the end of <see cref="ServerSessionOptions.AbsoluteTimeout"/>, or if the store alone knows the lifetime.
/// </param>
/// <param name="ExpiresAt">When the session ends if it is not used again.</param>
/// <param name="IsCurrent">Whether it is the session that asks.</param>
public sealed record UserSession(UserLogin Login, DateTimeOffset? LastSeenAt, DateTimeOffset? ExpiresAt, bool IsCurrent)
{
    /// <summary>The public name of the session, to end it with. Not the session id.</summary>
    public string Handle => Login.Handle;

    /// <summary>Returns the type. The user and the address must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(UserSession);
}
