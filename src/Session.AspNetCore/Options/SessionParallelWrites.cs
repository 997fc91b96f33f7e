namespace ServerSessions;

/// <summary>What happens when parallel requests change one session.</summary>
public enum SessionParallelWrites
{
    /// <summary>
    /// Each request's keys are laid over what is stored by then, so none is lost; of two values for the same key the later stays. A session
    /// that was destroyed meanwhile stays destroyed, and what this request changed is dropped.
    /// </summary>
    Merge,

    /// <summary>The last request to end replaces the whole session, as in express-session. It also brings a destroyed one back.</summary>
    LastWriteWins,
}
