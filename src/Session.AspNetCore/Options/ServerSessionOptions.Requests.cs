using Microsoft.AspNetCore.Http;

namespace ServerSessions;

// Which requests and connections get their session.
public sealed partial class ServerSessionOptions
{
    /// <summary>
    /// Gets or sets the status of the response to a request without a session, if its endpoint requires one
    /// (<c>RequireServerSession()</c>).
    /// </summary>
    /// <value>The default is <see cref="SessionMissing.Unauthorized"/>: 401.</value>
    public SessionMissing WhenMissing { get; set; } = SessionMissing.Unauthorized;

    /// <summary>
    /// Gets or sets what happens to a request from another site that could change something. docs/cross-site.md says which requests these
    /// are. An endpoint can say otherwise with <c>CrossSiteServerSession()</c>.
    /// </summary>
    /// <value>
    /// The default is <see cref="SessionCrossSite.Allow"/>, as in express-session; <c>UseStrictDefaults</c> sets
    /// <see cref="SessionCrossSite.Refuse"/>.
    /// </value>
    public SessionCrossSite CrossSite { get; set; }

    /// <summary>
    /// The origins of other sites that <see cref="CrossSite"/> treats as this site: scheme, host, and the port if it is not the default
    /// one, such as <c>https://app.example.com</c>. Their pages can do with a visitor's session what this site's pages can.
    /// </summary>
    /// <value>The default is empty.</value>
    public IList<string> TrustedOrigins { get; } = [];

    /// <summary>
    /// Gets or sets a function that allows a request which <see cref="CrossSite"/> would refuse. Called for such requests only, before the
    /// session is read. Use it for a path without an endpoint, such as the callback of a sign-in handler.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no exceptions.</value>
    public Func<HttpContext, bool>? AllowCrossSite { get; set; }

    /// <summary>
    /// Gets or sets how often the sessions of open connections are checked, for endpoints with <c>CloseWhenSessionEnds()</c>. A connection
    /// whose session was ended by another process, or has expired, is closed after this time at the latest, plus the time that the check
    /// takes. Each check reads each such session once.
    /// </summary>
    /// <value>1 second to 1 day. The default is 30 seconds.</value>
    public TimeSpan ConnectionCheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets a function that returns whether a request comes from another device than the session's: it compares what the
    /// application has put into the session at sign-in with the request. Such a request has no session, and the event
    /// <see cref="IServerSessionEvents.RejectedAsync"/> is raised. The session is left as it is.
    /// </summary>
    /// <remarks>
    /// Called for each request whose session was found. The session can only be read. Browsers change their user agent with each update,
    /// and phones their address, so compare something that stays, such as a client certificate. If the function throws, the request has
    /// no session, as if the store had failed.
    /// </remarks>
    /// <value>The default is <see langword="null"/>: devices are not compared.</value>
    public Func<HttpContext, ServerSession, bool>? IsOtherDevice { get; set; }
}
