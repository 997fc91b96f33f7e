namespace ServerSessions.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseOutcome
{
    /// <summary>The store keeps the rule, as far as the case can see.</summary>
    Passed,

    /// <summary>The store breaks the rule.</summary>
    Failed,

    /// <summary>The store threw an exception that the contract does not allow there.</summary>
    WrongException,

    /// <summary>
    /// The store threw what no caller can act on: <see cref="NullReferenceException"/>, <see cref="NotImplementedException"/> and the like.
    /// </summary>
    Crashed,

    /// <summary>The case did not end within <see cref="HarnessSettings.CaseTimeLimit"/>.</summary>
    TimedOut,

    /// <summary>The machine was too slow to prove anything, three times. Not a pass, not a failure.</summary>
    Inconclusive,

    /// <summary>The store does not declare what the case is about. Not a pass.</summary>
    NotDeclared,

    /// <summary>The store breaks the rule, and the harness has said so with a reason.</summary>
    Waived,

    /// <summary>A waiver whose case passes, or that names no case: remove it. Counts as a failure.</summary>
    WaiverStale,

    /// <summary>Not run, because a preflight case has found the harness unusable. Counts as a failure.</summary>
    Blocked,

    /// <summary>The harness threw. Counts as a failure.</summary>
    HarnessError,

    /// <summary>Not run, because the harness lacks an ability that the case needs, or nothing can run here. Not a pass.</summary>
    Untested,
}
