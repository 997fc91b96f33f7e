using Microsoft.AspNetCore.Http;

namespace ServerSessions;

// Which requests get their session.
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
}
