using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace ServerSessions;

/// <summary>
/// Tells a circuit which connection calls it. <c>IHttpContextAccessor</c> does not: over long polling it has no request, and work of other
/// circuits may run in the flow of a request. The hub's own context is right over each transport.
/// </summary>
internal sealed class CircuitConnections : IHubFilter
{
    // Read by the handlers of a circuit only while it begins or gets another connection: in the call of the hub, which flows there.
    private static readonly AsyncLocal<CircuitConnection?> Calling = new();

    /// <summary>The connection whose call runs.</summary>
    public static CircuitConnection? Current => Calling.Value;

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        ArgumentNullException.ThrowIfNull(invocationContext);
        ArgumentNullException.ThrowIfNull(next);
        var items = invocationContext.Context.Items;
        if (!items.TryGetValue(typeof(CircuitConnection), out var connection))
        {
            items[typeof(CircuitConnection)] = connection = CircuitConnection.Of(invocationContext.Context.GetHttpContext());
        }

        Calling.Value = (CircuitConnection?)connection;
        return next(invocationContext);
    }
}

/// <summary>A connection of a circuit.</summary>
/// <param name="Sessions">
/// The sessions of the request that opened it; <see langword="null"/> if the session middleware has not run for it.
/// </param>
/// <param name="ClosesWith">The name of the sessions that it is closed with; <see langword="null"/> if it stays open.</param>
internal sealed record CircuitConnection(ConnectionSessions? Sessions, string? ClosesWith)
{
    public static CircuitConnection? Of(HttpContext? context) =>
        context is null
            ? null
            : new CircuitConnection(
                ConnectionSessions.Of(context),
                context.GetEndpoint()?.Metadata.GetMetadata<CloseWhenSessionEndsMetadata>()?.Name
            );
}
