namespace ServerSessions;

/// <summary>
/// Requests to the endpoint can only read their session. <c>Set</c>, <c>Remove</c>, <c>SaveAsync</c>, <c>DestroyAsync</c>, a new id and
/// <c>UnsetServerSession()</c> throw <see cref="InvalidOperationException"/>, and nothing is stored. The request still extends the session.
/// </summary>
/// <remarks>
/// A session that the request creates stays empty and is not stored, also with <see cref="ServerSessionOptions.SaveUninitialized"/>. A
/// changed <see cref="ServerSession.Cookie"/> fails the request with <see cref="SessionCookieException"/>. Together with
/// <see cref="DoNotExtendServerSessionAttribute"/> the store is only read.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class ReadOnlyServerSessionAttribute : Attribute, IServerSessionMetadata
{
    bool? IServerSessionMetadata.IsReadOnly => true;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "ReadOnlyServerSession";
}
