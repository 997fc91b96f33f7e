namespace ServerSessions;

/// <summary>
/// Values that a request holds beside its session and writes into it later: objects with changes that are noticed, or values to remove
/// once the response is known. A request that uses none has no cost.
/// </summary>
internal interface IHeldValues
{
    /// <summary>Called at a moment at which the session must have the values, or at which they are void.</summary>
    void On(HeldMoment moment);
}

/// <summary>A moment in the life of a session's held values.</summary>
internal enum HeldMoment
{
    /// <summary>The application is about to store the session or to give it a new id.</summary>
    Saving,

    /// <summary>The request is about to be committed. Its status is known.</summary>
    Committing,

    /// <summary>The application has thrown.</summary>
    Failed,

    /// <summary>The content of the session was replaced: it was read again, or begun again.</summary>
    Replaced,
}
