namespace ServerSessions;

/// <summary>What happens to a request whose session could not be read or saved.</summary>
public enum SessionFailureBehavior
{
    /// <summary>
    /// The middleware sends an error response. 503 with <c>Retry-After: 5</c> if a retry may help. 500 if the store reports that it will
    /// not (<see cref="SessionStoreException.IsTransient"/> is <see langword="false"/>: a damaged record, a missing right). 409 if the
    /// session is gone that the application wanted to reload or to give a new id (<see cref="SessionNotFoundException"/>).
    /// </summary>
    /// <remarks>
    /// The body is a short problem document (RFC 9457), from the application's <c>IProblemDetailsService</c> if one is registered. There is
    /// no body if status-code pages in front provide one. Nothing of the application's own response is sent. Headers that middleware in
    /// front has set stay, except those that describe a body.
    /// </remarks>
    ServiceUnavailable,

    /// <summary>
    /// The exception is thrown, to an exception handler in front of the middleware. If the handler runs the pipeline again for an error
    /// page after a failed load, the page has no session, and <c>HttpContext.GetServerSessionFailure()</c> returns the cause.
    /// </summary>
    Throw,

    /// <summary>
    /// The request continues. After a failed load it has no session; <c>HttpContext.GetServerSessionFailure()</c> distinguishes this from a
    /// request without a session. After a failed save the application's response is sent, without the cookie of a session that is not
    /// stored.
    /// </summary>
    Continue,
}
