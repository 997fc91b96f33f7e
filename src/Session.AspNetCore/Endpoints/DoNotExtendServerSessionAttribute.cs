namespace ServerSessions;

/// <summary>
/// Requests to the endpoint do not extend their session: its expiry and its cookie stay as they are. Use it for polling, so that an open
/// page does not keep its user signed in.
/// </summary>
/// <remarks>
/// A change is stored with the expiry that the session has. <see cref="ServerSession.Touch"/> and a new id extend the session all the same.
/// A session that the request creates gets its whole lifetime.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class DoNotExtendServerSessionAttribute : Attribute, IServerSessionMetadata
{
    bool? IServerSessionMetadata.IsExtended => false;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "DoNotExtendServerSession";
}
