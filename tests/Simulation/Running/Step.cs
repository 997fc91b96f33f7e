namespace ServerSessions.Simulation.Running;

/// <summary>What a request does.</summary>
internal enum Step
{
    /// <summary>Reads.</summary>
    Read,

    /// <summary>Sets a key of its own.</summary>
    Write,

    /// <summary>The same, with the first byte before and the key after it.</summary>
    WriteLate,

    /// <summary>Sets a key, saves, sets it again.</summary>
    SaveAndWrite,

    /// <summary>Sets a key, then moves the session to a new id as at sign-in.</summary>
    WriteAndMove,

    /// <summary>Moves the session to a new id with its data.</summary>
    Move,

    /// <summary>Begins a new session.</summary>
    Regenerate,

    /// <summary>Destroys it.</summary>
    Destroy,

    /// <summary>Reads it again.</summary>
    Reload,

    /// <summary>Takes it off the request, which keeps what is stored.</summary>
    Unset,

    /// <summary>Counts in one step with what is stored, beside a key of its own that stays unsaved until the commit.</summary>
    Update,

    /// <summary>Sets a code that works once.</summary>
    Offer,

    /// <summary>Takes the code, beside a key of its own that stays unsaved until the commit.</summary>
    Take,

    /// <summary>Takes the code after the first byte.</summary>
    TakeLate,
}
