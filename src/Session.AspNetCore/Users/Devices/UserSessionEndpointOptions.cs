using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>How <c>MapUserSessions</c> shows the sessions of a user, and lets the user end them.</summary>
public sealed class UserSessionEndpointOptions
{
    /// <summary>Gets or sets the name of the sessions.</summary>
    /// <value>The default is empty: the sessions without a name.</value>
    public string SessionName { get; set; } = "";

    /// <summary>
    /// Gets or sets how long ago at most the user must have signed in to end sessions; see <c>RequireFreshSignIn</c>. Otherwise the
    /// authentication scheme lets the user sign in again. Needs <c>AddAuthorization</c>.
    /// </summary>
    /// <value>More than zero. The default is <see langword="null"/>: any time.</value>
    public TimeSpan? FreshSignInWithin { get; set; }

    /// <summary>
    /// Gets or sets the path of the application's own page that shows the part. An ended session leads back there. Begins with <c>/</c>;
    /// the path base is put before it.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the page of the endpoint.</value>
    public string? PagePath { get; set; }

    /// <summary>
    /// Gets or sets the path to which a button posts that signs out of the session that asks, with an antiforgery token. Begins with
    /// <c>/</c>; the path base is put before it.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no button.</value>
    public string? SignOutPath { get; set; }

    /// <summary>Gets or sets the function that returns the texts for a request, which may depend on its language.</summary>
    /// <value>The default returns the English texts.</value>
    public Func<HttpContext, UserSessionTexts> Texts { get; set; } = static _ => new UserSessionTexts();

    /// <summary>Gets or sets the function that writes the page of the endpoint around the part: the application's own layout.</summary>
    /// <value>The default is <see langword="null"/>: a plain page with a stylesheet of its own, without scripts.</value>
    public Func<HttpContext, IHtmlContent, Task>? Page { get; set; }
}
