namespace Session;

/// <summary>What happens to a request whose session the store could not read or save.</summary>
public enum SessionFailureBehavior
{
    /// <summary>
    /// The middleware answers by itself, without a body: 503 where trying again may help, 500 where the store says that it will not
    /// (<see cref="SessionStoreException.IsTransient"/>), 409 where the session that the application wanted to reload or to give a new id is gone
    /// (<see cref="SessionNotFoundException"/>). Nothing of the application's own answer is sent.
    /// </summary>
    ServiceUnavailable,

    /// <summary>The exception surfaces, to an exception handler in front of the middleware.</summary>
    Throw,

    /// <summary>
    /// The request goes on. What could not be read: without a session, which <c>HttpContext.GetServerSessionFailure()</c> tells from one that the request
    /// has never had. What could not be saved: the answer goes out as the application made it, without the cookie of a session that is not stored.
    /// </summary>
    Continue,
}
