namespace ServerSessions;

/// <summary>What happens to a request that comes with a session id while the store is disconnected.</summary>
public enum SessionDisconnectedBehavior
{
    /// <summary>
    /// The request fails at once, without a wait for the store, as <see cref="ServerSessionOptions.WhenLoadFails"/> says. Requests without
    /// a session cookie continue.
    /// </summary>
    Fail,

    /// <summary>
    /// The request continues without a session, as in express-session: <c>FindServerSession()</c> returns <see langword="null"/>.
    /// </summary>
    ContinueWithoutSession,
}
