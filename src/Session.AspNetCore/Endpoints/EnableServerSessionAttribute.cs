namespace ServerSessions;

/// <summary>
/// Requests to the endpoint have an ordinary session that can be changed, need not exist, and is extended. Overrides what the group or the
/// class says, and gives static assets and health checks a session.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class EnableServerSessionAttribute : Attribute, IServerSessionMetadata
{
    bool? IServerSessionMetadata.IsEnabled => true;

    bool? IServerSessionMetadata.IsReadOnly => false;

    bool? IServerSessionMetadata.IsRequired => false;

    bool? IServerSessionMetadata.IsExtended => true;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "EnableServerSession";
}
