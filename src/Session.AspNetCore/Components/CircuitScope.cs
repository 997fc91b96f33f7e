namespace ServerSessions;

/// <summary>
/// What the scope of a circuit knows of the visitor's session. In the scope of a request it stays closed. Safe for concurrent use once it
/// is open.
/// </summary>
internal sealed class CircuitScope
{
    private ConnectionSessions? _sessions;

    /// <summary>Whether this is the scope of a circuit.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Opens the scope with the sessions of the connection that starts the circuit.</summary>
    /// <param name="sessions">The sessions; <see langword="null"/> if the session middleware has not run for the connection.</param>
    public void Open(ConnectionSessions? sessions) => (_sessions, IsOpen) = (sessions, true);

    /// <summary>Returns the reference to the session; <see langword="null"/> if the connection came without one.</summary>
    /// <exception cref="InvalidOperationException">The session middleware does not run for the connection.</exception>
    public ServerSessionReference? Find(string name) =>
        _sessions?.TryFind(name, out var reference) == true
            ? reference
            : throw new InvalidOperationException(
                $"The circuit has no session: the middleware of {NamedServices.Describe(name)} does not run for its connection. Call "
                    + "app.UseServerSessions() between routing and the endpoints, and do not disable the session for them."
            );
}
