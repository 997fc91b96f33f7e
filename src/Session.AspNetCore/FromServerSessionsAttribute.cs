namespace ServerSessions;

/// <summary>
/// Binds a parameter of type <see cref="ServerSession"/> to the session of a name:
/// <c>app.MapGet("/admin", ([FromServerSessions("admin")] ServerSession session) => …)</c>.
/// </summary>
/// <param name="name">The name given to <c>AddServerSessions</c> and to <c>UseServerSessions</c>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServerSessionsAttribute(string name) : Attribute
{
    /// <summary>The name of the sessions.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));
}
