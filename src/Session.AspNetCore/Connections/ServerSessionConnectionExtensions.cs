using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Closes connections when their session ends.</summary>
public static class ServerSessionConnectionExtensions
{
    // The request in whose flow code runs.
    private static readonly AsyncLocal<HttpContext?> Running = new();

    /// <summary>
    /// Closes the connections of an endpoint when their session ends: a sign-out on another page, or an expiry, also ends what is still
    /// open. For hubs of SignalR over every transport, and for web sockets, server-sent events and other long responses.
    /// </summary>
    /// <remarks>
    /// <para>If this process ends the session, the connection is closed at once. If another process ends it, or if it expires, it is closed
    /// at the next check; see <see cref="ServerSessionOptions.ConnectionCheckInterval"/>. A check extends no session. If the store fails,
    /// connections stay open until a later check.</para>
    /// <para>A session that gets a new id keeps its connections, except by <see cref="ServerSession.RegenerateAsync"/>. A store that cannot
    /// compare and set does not tell a new id from an end, so the connection is closed. A connection without a session stays open: add
    /// <c>RequireServerSession()</c> if there must be one.</para>
    /// <para>The client of a hub gets a close message and does not connect again by itself. Any other connection is aborted:
    /// <see cref="HttpContext.RequestAborted"/> is cancelled. A request that ends its own session before the first byte of its response is
    /// not aborted. On <c>MapRazorComponents</c> it closes the circuits, and no page.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="name">The name of the sessions; empty for those without one.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder CloseWhenSessionEnds<TBuilder>(this TBuilder builder, string name = "")
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var metadata = new CloseWhenSessionEndsMetadata(name);
        builder.Add(endpoint =>
        {
            endpoint.Metadata.Add(metadata);
            if (endpoint.RequestDelegate is { } run)
            {
                endpoint.RequestDelegate = context => RunAsync(context, run, name);
            }
        });
        return builder;
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate run, string name)
    {
        // A connection of a hub may be many requests. The hub closes it. A page of Razor components is no connection, and its form may end
        // the session.
        var isClosed =
            !ConnectionSessions.IsHub(context) && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null;
        using var watch = isClosed ? context.GetServerSessionReference(name)?.Watch(() => Close(context)) : null;
        Running.Value = watch is null ? null : context;
        await run(context);
    }

    /// <summary>Aborts a request, unless it has ended its session itself and its response, such as that of a sign-out, is due.</summary>
    private static void Close(HttpContext context)
    {
        if (context.Response.HasStarted || !ReferenceEquals(Running.Value, context))
        {
            context.Abort();
        }
    }
}
