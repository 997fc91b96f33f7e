using Microsoft.Extensions.DependencyInjection;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds server sessions to the pipeline.</summary>
public static class ServerSessionApplicationBuilderExtensions
{
    /// <summary>
    /// Adds the session middleware. Put it after error handling and forwarded headers, and in front of what uses the session. Put output
    /// and response caching in front of what uses the session; they skip a response for which it was used.
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
