namespace ServerSessions.Stores;

/// <summary>What one of the two stores holds under an id.</summary>
internal enum SlotKind
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A session that counts.</summary>
    Record,

    /// <summary>A copy of the session in the other store. It counts only if the other store says <see cref="Moved"/>.</summary>
    Copy,

    /// <summary>The session is in the other store.</summary>
    Moved,

    /// <summary>The session has ended. What the other store holds does not count.</summary>
    Ended,

    /// <summary>The store could not be read, and the caller goes on without it.</summary>
    Unknown,
}

/// <summary>The content of one store under an id.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="AtRest">The record as the store returned it, to compare with; <see langword="null"/> if there is none.</param>
/// <param name="Session">The session with the bytes that the application stored; <see langword="null"/> if it is none.</param>
internal readonly record struct Slot(SlotKind Kind, SessionRecord? AtRest = null, SessionRecord? Session = null);
