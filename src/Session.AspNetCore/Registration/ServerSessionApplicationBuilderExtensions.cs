using Microsoft.Extensions.DependencyInjection;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts server sessions into the pipeline.</summary>
public static class ServerSessionApplicationBuilderExtensions
{
    /// <summary>
    /// Gives the requests that pass here a session. Put it after error handling and forwarded headers, and before whatever uses the
    /// session. Output and response caching go in front of whatever uses the session; they pass by a response for which it was used.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="InvalidOperationException"><c>AddServerSessions</c> was not called.</exception>
    public static IApplicationBuilder UseServerSessions(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var runtimes = app.ApplicationServices.GetService<SessionRuntimes>()
            ?? throw new InvalidOperationException(
                "Server sessions are not registered. Call builder.Services.AddServerSessions(...) first."
            );
        return app.Use(next => new ServerSessionMiddleware(next, runtimes).InvokeAsync);
    }
}
