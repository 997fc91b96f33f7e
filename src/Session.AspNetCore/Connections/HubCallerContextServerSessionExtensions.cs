using Microsoft.AspNetCore.Http;
using ServerSessions;

// The namespace of HubCallerContext, so that the methods are available in every hub.
namespace Microsoft.AspNetCore.SignalR;

/// <summary>The session of a hub's connection, over every transport.</summary>
public static class HubCallerContextServerSessionExtensions
{
    /// <summary>
    /// Reads the session of the connection now, as it is stored. Dispose the scope at the end of the hub's method; call
    /// <see cref="ServerSessionScope.SaveAsync"/> to store changes. Does not extend the session.
    /// </summary>
    /// <param name="context">The connection: <c>Context</c> in a hub.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The scope with the session.</returns>
    /// <exception cref="ResponseRequiredException">
    /// The client has connected without a session, and none can begin here.
    /// </exception>
    /// <exception cref="SessionNotFoundException">
    /// The session has ended or was given a new id. Call <see cref="HubCallerContext.Abort"/>, or let the client connect again.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be read. It is unknown whether it has ended.</exception>
    /// <exception cref="InvalidOperationException">The session middleware does not run for the hub.</exception>
    public static ValueTask<ServerSessionScope> OpenServerSessionAsync(
        this HubCallerContext context,
        CancellationToken cancellationToken = default
    ) => (context.GetServerSessionReference() ?? throw ResponseRequiredException.ForNewSession()).OpenAsync(cancellationToken);

    /// <summary>
    /// Reads the session of the connection now, or returns <see langword="null"/> if there is none: the client has connected without one,
    /// or it has ended or was given a new id. Does not extend the session.
    /// </summary>
    /// <param name="context">The connection: <c>Context</c> in a hub.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The scope with the session, or <see langword="null"/>.</returns>
    /// <exception cref="SessionStoreException">The session could not be read. It is unknown whether it has ended.</exception>
    /// <exception cref="InvalidOperationException">The session middleware does not run for the hub.</exception>
    public static ValueTask<ServerSessionScope?> FindServerSessionAsync(
        this HubCallerContext context,
        CancellationToken cancellationToken = default
    ) => context.GetServerSessionReference()?.FindAsync(cancellationToken) ?? ValueTask.FromResult<ServerSessionScope?>(null);

    /// <summary>
    /// Returns a reference to the session of the connection: that of the request that opened it. <see langword="null"/> if the client has
    /// connected without a session.
    /// </summary>
    /// <param name="context">The connection: <c>Context</c> in a hub.</param>
    /// <param name="name">The name given to <c>AddServerSessions</c>; empty for the sessions without one.</param>
    /// <returns>The reference, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">
    /// The session middleware of this name does not run for the hub, or the connection did not come over HTTP.
    /// </exception>
    public static ServerSessionReference? GetServerSessionReference(this HubCallerContext context, string name = "")
    {
        ArgumentNullException.ThrowIfNull(context);
        var request =
            context.GetHttpContext()
            ?? throw new InvalidOperationException("The connection has no session: it did not come over HTTP, so it brought no cookie.");
        return request.GetServerSessionReference(name);
    }
}
