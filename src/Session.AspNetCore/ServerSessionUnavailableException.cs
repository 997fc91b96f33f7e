namespace ServerSessions;

/// <summary>
/// A request asked for its session, and it is not known whether it has one: the session could not be read, or a function of the application
/// that makes its id or its cookie failed. The cause is the inner exception. The visitor may be signed in: do not treat the request as
/// anonymous.
/// </summary>
public sealed class ServerSessionUnavailableException : InvalidOperationException
{
    internal ServerSessionUnavailableException(Exception cause)
        : base(
            "This request has no session: it could not be read, or could not be made. The inner exception and "
                + "GetServerSessionFailure() have the cause; FindServerSession() returns null in "
                + "place of this exception. What becomes of such requests is set by WhenLoadFails.",
            cause
        )
    { }
}
