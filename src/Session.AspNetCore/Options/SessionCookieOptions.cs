using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// The initial attributes and lifetime of the cookie of a new session. A session keeps its own copy, which
/// <see cref="ServerSession.Cookie"/> can change.
/// </summary>
public sealed class SessionCookieOptions
{
    /// <summary>The default name of the cookie: <c>connect.sid</c>, as in express-session.</summary>
    public const string DefaultName = "connect.sid";

    /// <summary>
    /// Gets or sets the name of the session cookie. Compared ordinally. Browsers apply extra rules to names that start with <c>__Host-</c>,
    /// <c>__Secure-</c>, <c>__Http-</c> or <c>__Host-Http-</c>. The application has one name:
    /// <see cref="ServerSessionOptions.CookiePerRequest"/> cannot change it. The signature does not cover the name; see
    /// <see cref="ServerSessionOptions.Secret"/>.
    /// </summary>
    /// <value>The default is <see cref="DefaultName"/>.</value>
    public string Name { get; set; } = DefaultName;

    /// <summary>
    /// Gets or sets how long a session lives after the last request with its cookie. Stored in milliseconds. Overrides
    /// <see cref="Expires"/>.
    /// </summary>
    /// <value>
    /// 1 second to 400 days, the longest that browsers keep a cookie. The default is <see langword="null"/>: the cookie ends with the
    /// browser, and the stored session after the store's default lifetime.
    /// </value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Whether a cookie with an expiry is sent with <c>Max-Age</c> in front of <c>Expires</c>: the remaining seconds, at most 400 days, and
    /// zero for a cookie that is removed. Browsers prefer it. It does not depend on their clock: with <c>Expires</c> alone, a browser whose
    /// clock is ahead drops the cookie too early. A cookie without an expiry has neither.
    /// </summary>
    /// <value>The default is <see langword="false"/>, as in express-session; <c>UseStrictDefaults</c> sets it.</value>
    public bool SendMaxAge { get; set; }

    /// <summary>Gets or sets a fixed expiry for all sessions. Prefer <see cref="MaxAge"/>, which gives each session its own.</summary>
    /// <value>In the future, within 400 days, when the application starts. The default is <see langword="null"/>.</value>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>
    /// Gets or sets the <c>Path</c> attribute. Requests whose path does not start with it have no session. The comparison is textual:
    /// <c>/app</c> covers <c>/apple</c>. It uses the path that the client sent. If a proxy stripped a prefix and <c>PathBase</c> was set to
    /// it, it also uses <c>PathBase + Path</c>.
    /// </summary>
    /// <value>The default is <c>/</c>.</value>
    public string? Path { get; set; } = "/";

    /// <summary>Gets or sets the <c>Domain</c> attribute.</summary>
    /// <value>The default is <see langword="null"/>: not sent, so only the host that set the cookie receives it.</value>
    public string? Domain { get; set; }

    /// <summary>Whether the cookie has the <c>HttpOnly</c> attribute, which hides it from scripts.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool HttpOnly { get; set; } = true;

    /// <summary>Gets or sets when the cookie has the <c>Secure</c> attribute.</summary>
    /// <value>The default is <see cref="SessionCookieSecure.Auto"/>; express-session's is <see cref="SessionCookieSecure.Never"/>.</value>
    public SessionCookieSecure Secure { get; set; } = SessionCookieSecure.Auto;

    /// <summary>Gets or sets the <c>SameSite</c> attribute. <see cref="SameSiteMode.Unspecified"/>: not sent.</summary>
    /// <value>The default is <see cref="SameSiteMode.Lax"/>; express-session's is <see cref="SameSiteMode.Unspecified"/>.</value>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Lax;

    /// <summary>
    /// Whether the <c>SameSite</c> attribute depends on the request (express: <c>sameSite: 'auto'</c>): <c>None</c> for a session created
    /// over https, otherwise <c>Lax</c>. Requires <see cref="SessionCookieSecure.Auto"/> or <see cref="SessionCookieSecure.Always"/>, and
    /// the default of <see cref="SameSite"/>.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SameSiteAuto { get; set; }

    /// <summary>Gets or sets the <c>Priority</c> attribute. <see langword="null"/>: not sent.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public SessionCookiePriority? Priority { get; set; }

    /// <summary>Whether the cookie has the <c>Partitioned</c> attribute. Requires <see cref="SessionCookieSecure.Always"/>.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Partitioned { get; set; }
}
