namespace ServerSessions.Conformance;

/// <summary>The outcome of a case.</summary>
public enum CaseOutcome
{
    /// <summary>The store keeps the rule, as far as the case can see.</summary>
    Passed,

    /// <summary>The store breaks the rule.</summary>
    Failed,

    /// <summary>The store threw an exception that the contract does not allow there.</summary>
    WrongException,

    /// <summary>
    /// The store threw an exception that no caller can act on, such as <see cref="NullReferenceException"/> or
    /// <see cref="NotImplementedException"/>.
    /// </summary>
    Crashed,

    /// <summary>The case did not end within <see cref="HarnessSettings.CaseTimeLimit"/>.</summary>
    TimedOut,

    /// <summary>The machine was too slow to prove anything, three times. Not a pass, not a failure.</summary>
    Inconclusive,

    /// <summary>The store does not declare the ability that the case tests. Not a pass.</summary>
    NotDeclared,

    /// <summary>The store breaks the rule, and the harness waives it with a reason.</summary>
    Waived,

    /// <summary>A waiver whose case passes, or that names no case: remove it. Counts as a failure.</summary>
    WaiverStale,

    /// <summary>Not run, because a preflight case has found the harness unusable. Counts as a failure.</summary>
    Blocked,

    /// <summary>The harness threw. Counts as a failure.</summary>
    HarnessError,

    /// <summary>Not run, because the harness lacks an ability that the case needs, or no case can run here. Not a pass.</summary>
    Untested,
}
