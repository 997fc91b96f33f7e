using Microsoft.AspNetCore.Http;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds server sessions to the pipeline.</summary>
public static class ServerSessionApplicationBuilderExtensions
{
    /// <summary>
    /// Adds the session middleware. Put it after error handling, forwarded headers and routing, and in front of what uses the session. A
    /// <see cref="WebApplication"/> routes first unless it calls <c>UseRouting()</c>. Put output and response caching in front of what uses
    /// the session; they skip a response for which it was used.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="InvalidOperationException">
    /// <c>AddServerSessions</c> was not called, or the pipeline has sessions of a name whose cookie is called the same.
    /// </exception>
    public static IApplicationBuilder UseServerSessions(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var runtimes = NamedServices.Runtimes(app.ApplicationServices, "");
        PipelineCookies.Add(app, runtimes);
        return app.Use(next => new ServerSessionMiddleware(next, runtimes).InvokeAsync);
    }

    /// <summary>
    /// Adds the middleware of the sessions of a name; see <see cref="UseServerSessions(IApplicationBuilder)"/>.
    /// <c>HttpContext.GetServerSession(name)</c> returns the session. Call it once for each name, also beside the sessions without one. In
    /// a branch of the pipeline (<c>app.Map("/admin", …)</c>) it adds them to the requests of this branch.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="name">The name that was given to <c>AddServerSessions</c>.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="InvalidOperationException">
    /// No sessions of this name are registered, or they share a secret with those of another name, or the cookie's name with others in this
    /// pipeline.
    /// </exception>
    public static IApplicationBuilder UseServerSessions(this IApplicationBuilder app, string name)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(name);
        var runtimes = NamedServices.Runtimes(app.ApplicationServices, name);
        PipelineCookies.Add(app, runtimes);
        return app.Use(next => new ServerSessionMiddleware(next, runtimes, new SessionSlot(name)).InvokeAsync);
    }

    /// <summary>
    /// Adds the session middleware, and chooses for each request which sessions it has: those of its tenant, for example, with their own
    /// secret, cookie and store. <c>HttpContext.GetServerSession()</c> returns the session, regardless of the name.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="selectName">
    /// Returns the name that was given to <c>AddServerSessions</c>; empty for the sessions without one. Called once for each request, also
    /// if an error page runs the pipeline again. Take the tenant from what the client cannot choose freely, such as a host name that
    /// <c>UseHostFiltering</c> allows. A name that is not registered fails the request with <see cref="InvalidOperationException"/>.
    /// </param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseServerSessions(this IApplicationBuilder app, Func<HttpContext, string> selectName)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(selectName);
        return app.Use(next => new SelectedServerSessionMiddleware(next, app.ApplicationServices, selectName).InvokeAsync);
    }
}
