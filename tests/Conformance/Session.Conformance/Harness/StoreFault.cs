namespace ServerSessions.Conformance;

/// <summary>Trouble with the backend that a harness can make.</summary>
public enum StoreFault
{
    /// <summary>The backend cannot be reached: refused, dropped, stopped.</summary>
    Unavailable,

    /// <summary>The backend takes calls and does not answer.</summary>
    Hang,

    /// <summary>The backend refuses what would be written: full, read-only, locked. What it answers to a read is open.</summary>
    ReadOnly,

    /// <summary>
    /// The backend, or a file that is needed to reach it, refuses the store: a login that is no longer valid, a certificate or password
    /// file that is gone, a folder that is not mounted. What is open already must not hide it: the harness ends connections and handles.
    /// </summary>
    Denied,
}
