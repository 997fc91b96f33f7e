namespace ServerSessions;

/// <summary>What happens if parallel requests change one session.</summary>
public enum SessionParallelWrites
{
    /// <summary>
    /// The keys that each request changed are applied to the stored session, so none is lost. For the same key the later value wins. A
    /// session that was destroyed in the meantime stays destroyed, and the changes of this request are dropped.
    /// </summary>
    Merge,

    /// <summary>The last request to end replaces the whole session, as in express-session. It also restores a destroyed session.</summary>
    LastWriteWins,
}
