namespace ServerSessions.Conformance;

/// <summary>Whose clock decides when a session of the store has expired.</summary>
public enum StoreTime
{
    /// <summary>
    /// The store asks the <see cref="TimeProvider"/> in <see cref="StoreRequest.Clock"/>, which stands still until a case moves it. The
    /// default: the fastest and most exact.
    /// </summary>
    Virtual,

    /// <summary>
    /// The backend has a clock that the harness can move: <see cref="SessionStoreHarness.AdvanceAsync"/> does, and
    /// <see cref="StoreRequest.Clock"/>, which runs, goes with it.
    /// </summary>
    Backend,

    /// <summary>
    /// A clock that nobody can move, such as a server's. Cases wait, all at the same time, with short lifetimes; where the machine
    /// was too slow to prove anything a case is repeated and then inconclusive, never failed.
    /// </summary>
    Real,
}
