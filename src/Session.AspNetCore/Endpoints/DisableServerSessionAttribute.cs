namespace ServerSessions;

/// <summary>
/// Requests to the endpoint have no session: the store is not called, no cookie is sent, and <c>GetServerSession()</c> throws. Use it for
/// feeds, webhooks and files. Static assets and health checks have no session by themselves.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class DisableServerSessionAttribute : Attribute, IServerSessionMetadata
{
    bool? IServerSessionMetadata.IsEnabled => false;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "DisableServerSession";
}
