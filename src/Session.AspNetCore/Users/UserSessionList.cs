namespace ServerSessions;

/// <summary>The live sessions of a user.</summary>
/// <param name="Sessions">The sessions: the one that asks first, then the latest sign-in first.</param>
/// <param name="IndexWasMissing">
/// Whether there is no list of this user's sessions. The user has none that was signed in, or the list was lost:
/// <see cref="IUserSessions.RebuildAsync"/> restores lost lists.
/// </param>
public sealed record UserSessionList(IReadOnlyList<UserSession> Sessions, bool IndexWasMissing)
{
    /// <summary>Returns the type and the number. Users and addresses must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => $"{nameof(UserSessionList)} ({Sessions.Count})";
}

/// <summary>What became of the sessions of a user that were to be ended.</summary>
/// <param name="Ended">The number of sessions that were live and are ended.</param>
/// <param name="Failed">
/// The number of sessions that may still be live, because the store failed. They are ended by the next call that lists or ends sessions of
/// this user, or signs the user in.
/// </param>
/// <param name="IndexWasMissing">
/// Whether there is no list of this user's sessions, so that none could be ended: see <see cref="UserSessionList.IndexWasMissing"/>.
/// </param>
public readonly record struct EndedUserSessions(int Ended, int Failed, bool IndexWasMissing);

/// <summary>What a rebuild of the lists has found and done.</summary>
/// <param name="Examined">The number of sessions in the store.</param>
/// <param name="SignedIn">The number of those that belong to a user.</param>
/// <param name="Added">The number of those that no list had, and that are listed now.</param>
public readonly record struct RebuiltUserIndex(long Examined, long SignedIn, long Added);
