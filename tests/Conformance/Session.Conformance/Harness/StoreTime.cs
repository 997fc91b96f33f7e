namespace ServerSessions.Conformance;

/// <summary>The clock that decides when a session of the store has expired.</summary>
public enum StoreTime
{
    /// <summary>
    /// The <see cref="TimeProvider"/> in <see cref="StoreRequest.Clock"/>, which stands still until a case moves it. The default, the
    /// fastest and the most exact.
    /// </summary>
    Virtual,

    /// <summary>
    /// A clock of the backend that the harness moves with <see cref="SessionStoreHarness.AdvanceAsync"/>.
    /// <see cref="StoreRequest.Clock"/> runs and moves with it.
    /// </summary>
    Backend,

    /// <summary>
    /// A clock that cannot be moved, such as a server's. Cases use short lifetimes and wait for them, all at the same time. If the machine
    /// is too slow to prove anything, a case is repeated and then inconclusive, never failed.
    /// </summary>
    Real,
}
