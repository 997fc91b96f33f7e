namespace ServerSessions.Conformance;

/// <summary>What it means when a case fails.</summary>
public enum CaseLevel
{
    /// <summary>The harness is unusable, and no case can judge the store.</summary>
    Preflight,

    /// <summary>It is no session store: the middleware always relies on this.</summary>
    Required,

    /// <summary>It is a session store with a weakness that users will meet.</summary>
    Recommended,

    /// <summary>Something that it offers without need (all, length, clear, reopening, peers) does not work.</summary>
    Optional,

    /// <summary>Something that it offers against races, failures and clocks (compare and set, prune) does not work.</summary>
    Hardened,
}
