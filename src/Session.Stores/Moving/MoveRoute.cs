namespace ServerSessions.Stores;

/// <summary>The two stores in the order of a mode.</summary>
/// <param name="First">The store that is read first, and in which sessions begin.</param>
/// <param name="Second">The other one.</param>
/// <param name="Carries">Whether sessions of the second store are carried to the first.</param>
internal readonly record struct MoveRoute(MoveSide First, MoveSide Second, bool Carries)
{
    public static MoveRoute Of(SessionMoveMode mode, MoveSide oldStore, MoveSide newStore) =>
        mode switch
        {
            SessionMoveMode.Stay => new(oldStore, newStore, Carries: false),
            SessionMoveMode.CarryToNew => new(newStore, oldStore, Carries: true),
            SessionMoveMode.CarryToOld => new(oldStore, newStore, Carries: true),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "It is not a mode of a move."),
        };
}
