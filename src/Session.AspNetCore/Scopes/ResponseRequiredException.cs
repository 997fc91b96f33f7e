namespace ServerSessions;

/// <summary>
/// An operation needs a response in which the browser gets a cookie, and there is none: a session was to get a new id, or to begin, outside
/// of a request. Nothing was changed. A retry does not help: do it in an HTTP request.
/// </summary>
public sealed class ResponseRequiredException : InvalidOperationException
{
    internal ResponseRequiredException(string message)
        : base(message) { }

    internal static ResponseRequiredException ForNewId() =>
        new(
            "The session was not given a new id: it was opened outside of a request (ServerSessionScope), so no response brings the "
                + "cookie of the new id to the browser. The session is unchanged. Call RenewForSignInAsync, RenewIdAsync or "
                + "RegenerateAsync in an HTTP request, and let the client connect again."
        );

    internal static ResponseRequiredException ForNewSession() =>
        new(
            "The connection has no session: the request that opened it came without one, and no response brings the cookie of a new one to "
                + "the browser. Begin the session in an HTTP request before the client connects. RequireServerSession() on the endpoint "
                + "refuses connections without a session; FindServerSessionAsync() returns null for them."
        );
}
