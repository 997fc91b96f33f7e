namespace ServerSessions.Stores;

/// <summary>What an instance of the application does with the sessions of a <see cref="MovingSessionStore"/>.</summary>
/// <remarks>
/// Instances may differ by one step: some <see cref="Stay"/>, others carry. The two directions must never run at the same time: a live
/// session could look absent.
/// </remarks>
public enum SessionMoveMode
{
    /// <summary>
    /// New sessions begin in the old store, and each session stays in the store that holds it. The first step of a move, and the step
    /// between its two directions.
    /// </summary>
    Stay,

    /// <summary>New sessions begin in the new store. A session of the old store is carried to the new one when it is read.</summary>
    CarryToNew,

    /// <summary>The way back: new sessions begin in the old store, and a session of the new store is carried to the old one.</summary>
    CarryToOld,
}
