using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Runs the session middleware of the name that the application selects for a request.</summary>
internal sealed class SelectedServerSessionMiddleware(RequestDelegate next, IServiceProvider services, Func<HttpContext, string> selectName)
{
    // All at once, because secrets that two names share must stop the start.
    private readonly FrozenDictionary<string, ServerSessionMiddleware> _middlewares = services
        .GetServices<SessionsName>()
        .ToFrozenDictionary(
            static name => name.Value,
            name => new ServerSessionMiddleware(next, NamedServices.Runtimes(services, name.Value)),
            StringComparer.Ordinal
        );

    private readonly Func<HttpContext, string> _selectName =
        services.GetService<IOptions<TicketSchemes>>() is { Value.All.Count: > 0 }
            ? throw new InvalidOperationException(
                "UseServerSessions(context => ...) cannot choose the sessions of a request if authentication tickets are kept on the "
                    + "server: a ticket of one tenant would be valid for another. Remove KeepTicketsInServerSession() and "
                    + "KeepTicketsInSessionStore(), or give each tenant an application."
            )
            : selectName;

    public Task InvokeAsync(HttpContext context)
    {
        // An error page, for which the pipeline runs again, keeps the session of the first run.
        var name = default(SessionSlot).Find(context)?.Name ?? _selectName(context);
        return name is not null && _middlewares.TryGetValue(name, out var middleware)
            ? middleware.InvokeAsync(context)
            : throw new InvalidOperationException(
                $"The request has no sessions: the function given to UseServerSessions returned {(name is null ? "null" : $"'{name}'")}, "
                    + "and AddServerSessions was not called with this name. Names are compared with regard to case."
            );
    }
}
