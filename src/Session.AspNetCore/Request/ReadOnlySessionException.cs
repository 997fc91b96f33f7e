namespace ServerSessions;

/// <summary>
/// The commit found a change at an endpoint that can only read the session. A type of its own, because the commit must tell it from a
/// failure of the store.
/// </summary>
internal sealed class ReadOnlySessionException() : InvalidOperationException(Text)
{
    public const string Text =
        "The session was not changed: the endpoint can only read it (ReadOnlyServerSession). Remove that metadata, or override it with "
        + "EnableServerSession() on this endpoint.";

    public const string OutsideText =
        "The session was not changed: a circuit has read it with IServerSessionAccessor.ReadAsync, which stores nothing. Call UpdateAsync.";
}
