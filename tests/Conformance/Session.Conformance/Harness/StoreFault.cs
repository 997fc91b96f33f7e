namespace ServerSessions.Conformance;

/// <summary>A fault of the backend that a harness can make.</summary>
public enum StoreFault
{
    /// <summary>The backend cannot be reached: refused, dropped, stopped.</summary>
    Unavailable,

    /// <summary>The backend accepts calls and does not reply.</summary>
    Hang,

    /// <summary>The backend refuses writes: full, read-only, locked. A read may succeed or fail.</summary>
    ReadOnly,

    /// <summary>
    /// The backend, or a file that is needed to reach it, refuses the store: a login that is no longer valid, a certificate or password
    /// file that is gone, a folder that is not mounted. The harness ends open connections and handles, which would hide the fault.
    /// </summary>
    Denied,
}
