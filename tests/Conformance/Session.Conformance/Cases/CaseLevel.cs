namespace ServerSessions.Conformance;

/// <summary>The level of a case: what a failure means.</summary>
public enum CaseLevel
{
    /// <summary>The harness is unusable, or the store does not keep to what it was given: its space, its clock, its clients.</summary>
    Preflight,

    /// <summary>The store is no session store: the middleware always relies on the rule.</summary>
    Required,

    /// <summary>
    /// The store has a weakness that users will notice. Cases of an interface that the store declares count like required ones.
    /// </summary>
    Recommended,

    /// <summary>An optional ability (all, length, clear, reopening, peers) does not work.</summary>
    Optional,

    /// <summary>A protection against races, failures and clocks (compare-and-set, prune) does not work.</summary>
    Hardened,
}
