using ServerSessions;

namespace Microsoft.AspNetCore.Http;

/// <summary>References to the session of a request, for work that outlives the request.</summary>
public static class HttpContextServerSessionReferenceExtensions
{
    /// <summary>
    /// Returns a reference to the session of this request, with which the session can be opened after the request has ended. Creates no
    /// session. A session that this request has created can be opened once it is stored.
    /// </summary>
    /// <param name="context">The request, or the <c>HttpContext</c> of a hub's connection.</param>
    /// <param name="name">The name given to <c>AddServerSessions</c>; empty for the sessions without one.</param>
    /// <returns>
    /// The reference; <see langword="null"/> if the request has no session. If the session could not be read
    /// (<see cref="SessionFailureBehavior.Continue"/>), the reference tries again.
    /// </returns>
    /// <exception cref="InvalidOperationException">The session middleware of this name does not run for this request.</exception>
    public static ServerSessionReference? GetServerSessionReference(this HttpContext context, string name = "")
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(name);
        if (ConnectionSessions.Of(context)?.TryFind(name, out var ofConnection) == true)
        {
            return ofConnection;
        }

        if (new SessionSlot(name).Find(context) is not { IsInFront: false } feature)
        {
            throw new InvalidOperationException(
                $"The request has no reference to a session: the middleware of {NamedServices.Describe(name)} does not run for it. Call "
                    + "app.UseServerSessions() between routing and the endpoint."
            );
        }

        feature.UseExisting();
        return feature.NewReference();
    }
}
