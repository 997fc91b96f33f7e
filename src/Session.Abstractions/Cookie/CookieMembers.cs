namespace ServerSessions.Payload;

/// <summary>The cookie members that can be <c>null</c> in JSON.</summary>
[Flags]
internal enum CookieMembers
{
    None = 0,
    Partitioned = 1,
    Priority = 2,
    Secure = 4,
    HttpOnly = 8,
    Domain = 16,
    Path = 32,
    SameSite = 64,
}
