namespace ServerSessions;

/// <summary>
/// The status of the response to a request without a session, if its endpoint requires one (<see cref="RequireServerSessionAttribute"/>).
/// </summary>
public enum SessionMissing
{
    /// <summary>
    /// 401 with the challenge <c>WWW-Authenticate: Cookie</c>. Clients that know sign-ins take it for a session that has ended.
    /// </summary>
    Unauthorized = 401,

    /// <summary>403. For applications in which 401 means something else, such as a missing token.</summary>
    Forbidden = 403,

    /// <summary>440, which IIS and some clients use for a session that has ended. It is not a registered status.</summary>
    LoginTimeout = 440,
}
