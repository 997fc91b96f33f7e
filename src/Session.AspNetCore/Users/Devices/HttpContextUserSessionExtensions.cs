using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions;

// The namespace of HttpContext, so that the method is available without a using directive.
namespace Microsoft.AspNetCore.Http;

/// <summary>Renders the sessions of the user who asks, for a page of the application.</summary>
public static class HttpContextUserSessionExtensions
{
    /// <summary>
    /// Renders the list of the sessions of the user who asks, with the buttons that end them, for a page of the application: HTML without
    /// scripts or styles, with classes that begin with <c>session-devices</c>. Its forms post to the endpoints of <c>MapUserSessions</c>.
    /// Sets the antiforgery cookie, so call it before the response begins.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="sessionName">The name of the sessions; empty for those without one.</param>
    /// <returns>The HTML. Empty if no one is signed in. Its <c>ToString()</c> is the text.</returns>
    /// <exception cref="InvalidOperationException"><c>MapUserSessions</c> was not called.</exception>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public static ValueTask<IHtmlContent> RenderUserSessionsAsync(this HttpContext context, string sessionName = "")
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(sessionName);
        var maps =
            context.RequestServices.GetService<UserSessionMaps>()
            ?? throw new InvalidOperationException("The list of a user's sessions was not rendered: AddUserSessions() was not called.");
        return maps.Of(sessionName).RenderAsync(context, level: 2);
    }
}
