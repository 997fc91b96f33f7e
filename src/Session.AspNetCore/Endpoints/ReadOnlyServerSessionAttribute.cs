namespace ServerSessions;

/// <summary>
/// Requests to the endpoint can only read their session. Each method that changes, saves, renews or ends it throws
/// <see cref="InvalidOperationException"/>, and nothing is stored. The request still extends the session.
/// </summary>
/// <remarks>
/// A session that the request creates stays empty and is not stored, also with <see cref="ServerSessionOptions.SaveUninitialized"/>. A
/// changed <see cref="ServerSession.Cookie"/> fails the request with <see cref="SessionCookieException"/>. A changed object of
/// <see cref="ServerSession.GetState{TState}()"/> fails it with <see cref="InvalidOperationException"/>. A flash value that is read stays.
/// A session of <c>AddSession()</c> is imported here too, and a ticket that its validation refuses is ended by a later request.
/// Together with <see cref="DoNotExtendServerSessionAttribute"/> the store is only read.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class ReadOnlyServerSessionAttribute : Attribute, IServerSessionMetadata
{
    bool? IServerSessionMetadata.IsReadOnly => true;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "ReadOnlyServerSession";
}
