namespace ServerSessions;

/// <summary>What happens to a request whose session the store could not read or save.</summary>
public enum SessionFailureBehavior
{
    /// <summary>
    /// The middleware responds by itself: 503 with <c>Retry-After: 5</c> if trying again may help, 500 if the store says that it will not
    /// (<see cref="SessionStoreException.IsTransient"/> is false: a damaged record, a missing right), 409 if the session that the
    /// application wanted to reload or to give a new id is gone (<see cref="SessionNotFoundException"/>). The body is a short problem
    /// document (RFC 9457) by the application's <c>IProblemDetailsService</c> if one is registered; there is none if status-code pages in
    /// front give theirs. Nothing of the application's own response is sent; headers that middleware in front has set stay, except those
    /// that describe a body.
    /// </summary>
    ServiceUnavailable,

    /// <summary>
    /// The exception surfaces, to an exception handler in front of the middleware. If that runs the pipeline again for an error page, the
    /// page has no session after a failed load, and <c>HttpContext.GetServerSessionFailure()</c> has the cause.
    /// </summary>
    Throw,

    /// <summary>
    /// The request goes on. What could not be read: without a session, which <c>HttpContext.GetServerSessionFailure()</c> tells from one
    /// that the request has never had. What could not be saved: the answer goes out as the application made it, without the cookie of a
    /// session that is not stored.
    /// </summary>
    Continue,
}
