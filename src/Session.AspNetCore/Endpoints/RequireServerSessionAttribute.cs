namespace ServerSessions;

/// <summary>
/// The endpoint runs only for requests whose session exists in the store. Other requests get 401, or the status of
/// <see cref="ServerSessionOptions.WhenMissing"/>. If the session could not be read, they get 503.
/// </summary>
/// <remarks>A session says nothing about who the visitor is. To require a signed-in user, use <c>RequireAuthorization()</c>.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class RequireServerSessionAttribute : Attribute, IServerSessionMetadata
{
    /// <summary>
    /// Gets or sets the name of the sessions. The default is <see langword="null"/>: the session of <c>GetServerSession()</c>.
    /// </summary>
    public string? Name { get; set; }

    bool? IServerSessionMetadata.IsRequired => true;

    /// <summary>Returns the name of the attribute, for debuggers.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => "RequireServerSession";
}
