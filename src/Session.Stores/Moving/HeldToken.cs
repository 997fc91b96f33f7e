namespace ServerSessions.Stores;

/// <summary>
/// The <see cref="SessionRecord.Token"/> of a record of a move: the store that had the session, and the record there, by which that store
/// recognizes it.
/// </summary>
internal sealed record HeldToken(MoveSide Side, SessionRecord AtRest)
{
    /// <summary>Returns a session as the move returns it.</summary>
    public static SessionRecord RecordOf(MoveSide side, SessionRecord session, SessionRecord atRest) =>
        SessionRecord.TakeOwnership(session.Payload, session.Expires, new HeldToken(side, atRest));

    /// <summary>
    /// Returns what a store is to compare with. Another store than the one that returned the record compares the payload, which a carrier
    /// does not change.
    /// </summary>
    public static SessionRecord ExpectedBy(MoveSide side, SessionRecord expected) =>
        expected.Token is not HeldToken token ? expected
        : token.Side == side ? token.AtRest
        : SessionRecord.TakeOwnership(expected.Payload, expected.Expires);
}
