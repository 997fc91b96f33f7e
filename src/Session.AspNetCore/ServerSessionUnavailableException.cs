namespace ServerSessions;

/// <summary>
/// A request needs its session, and it is unknown whether it has one: reading it failed, or a function of the application failed that
/// returns its id or its cookie. The inner exception is the cause. The visitor may be signed in: do not treat the request as anonymous.
/// </summary>
public sealed class ServerSessionUnavailableException : InvalidOperationException
{
    internal ServerSessionUnavailableException(Exception cause)
        : base(
            "The session of this request is unavailable: it could not be read or created. The inner exception and "
                + "GetServerSessionFailure() have the cause; FindServerSession() returns null instead of "
                + "this exception. WhenLoadFails sets what happens to such requests.",
            cause
        )
    { }
}
