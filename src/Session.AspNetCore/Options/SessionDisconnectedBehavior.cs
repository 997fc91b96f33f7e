namespace ServerSessions;

/// <summary>What happens to a request that comes with a session id while the store is disconnected.</summary>
public enum SessionDisconnectedBehavior
{
    /// <summary>
    /// It fails at once, without waiting for the store, as <see cref="ServerSessionOptions.WhenLoadFails"/> says. Requests without a
    /// session cookie go on.
    /// </summary>
    Fail,

    /// <summary>It goes on without a session, as in express-session: <c>FindServerSession()</c> gives <see langword="null"/>.</summary>
    ContinueWithoutSession,
}
