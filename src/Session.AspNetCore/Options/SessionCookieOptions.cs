using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// The attributes and lifetime with which the cookie of a new session starts. A session keeps its own copy, which
/// <see cref="ServerSession.Cookie"/> can change.
/// </summary>
public sealed class SessionCookieOptions
{
    /// <summary>The default name of the cookie, which is express-session's: <c>connect.sid</c>.</summary>
    public const string DefaultName = "connect.sid";

    /// <summary>
    /// The name of the cookie that carries the session id; compared ordinally. A name starting with <c>__Host-</c>, <c>__Secure-</c>,
    /// <c>__Http-</c> or <c>__Host-Http-</c> brings the rules of these prefixes with it. It is no part of the signature: see
    /// <see cref="ServerSessionOptions.Secret"/>. One for the application: the name of options that
    /// <see cref="ServerSessionOptions.CookiePerRequest"/> returns is not used.
    /// </summary>
    /// <value>The default is <see cref="DefaultName"/>.</value>
    public string Name { get; set; } = DefaultName;

    /// <summary>
    /// How long a session lives after the last request that used it. Stored as milliseconds. Wins over <see cref="Expires"/>.
    /// </summary>
    /// <value>
    /// 1 second to 400 days, which is as long as browsers keep a cookie. The default is <see langword="null"/>: the cookie ends with the
    /// browser, the stored session after the store's default lifetime.
    /// </value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Whether a cookie with an end is sent with <c>Max-Age</c> in front of <c>Expires</c>: the seconds that are left, 400 days at most,
    /// and zero for the cookie that ends one. Browsers prefer it, and it does not depend on their clock: one whose clock is ahead drops a
    /// cookie with <c>Expires</c> alone too early. A cookie without an end has neither.
    /// </summary>
    /// <value>The default is <see langword="false"/>, as in express-session; <c>UseStrictDefaults</c> sets it.</value>
    public bool SendMaxAge { get; set; }

    /// <summary>A fixed end. Rarely right: <see cref="MaxAge"/> gives each session its own.</summary>
    /// <value>In the future, within 400 days, when the application starts. The default is <see langword="null"/>.</value>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>
    /// The <c>Path</c> attribute. Requests whose path does not start with it have no session; the comparison is of text, so <c>/app</c>
    /// covers <c>/apple</c>. The path is the one that the client sent, or <c>PathBase + Path</c> where a proxy stripped a prefix and
    /// <c>PathBase</c> was set to it.
    /// </summary>
    /// <value>The default is <c>/</c>.</value>
    public string? Path { get; set; } = "/";

    /// <summary>The <c>Domain</c> attribute.</summary>
    /// <value>The default is <see langword="null"/>: not sent, so that only the host that set the cookie gets it.</value>
    public string? Domain { get; set; }

    /// <summary>The <c>HttpOnly</c> attribute: scripts do not see the cookie.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool HttpOnly { get; set; } = true;

    /// <summary>The <c>Secure</c> attribute.</summary>
    /// <value>The default is <see cref="SessionCookieSecure.Auto"/>; express-session's is <see cref="SessionCookieSecure.Never"/>.</value>
    public SessionCookieSecure Secure { get; set; } = SessionCookieSecure.Auto;

    /// <summary>The <c>SameSite</c> attribute. <see cref="SameSiteMode.Unspecified"/>: not sent.</summary>
    /// <value>The default is <see cref="SameSiteMode.Lax"/>; express-session's is <see cref="SameSiteMode.Unspecified"/>.</value>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>
    /// Whether the <c>SameSite</c> attribute depends on the request (express: <c>sameSite: 'auto'</c>): <c>None</c> for a session made over
    /// https, <c>Lax</c> for any other. Needs <see cref="SessionCookieSecure.Auto"/> or <see cref="SessionCookieSecure.Always"/>, and
    /// <see cref="SameSite"/> at its default.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SameSiteAuto { get; set; }

    /// <summary>The <c>Priority</c> attribute. <see langword="null"/>: not sent.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public SessionCookiePriority? Priority { get; set; }

    /// <summary>The <c>Partitioned</c> attribute, which needs <see cref="SessionCookieSecure.Always"/>.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Partitioned { get; set; }
}
