using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// What an operator sees of the sessions, and does with them: the part that <see cref="IUserSessions"/> does not offer to users. Never
/// returns a session id, a store key or a value. <c>AddSessionOperator</c> registers it as a singleton; sessions of a name have theirs as a
/// keyed service. Thread safe.
/// </summary>
/// <remarks>
/// Give it to code that checks who asks. Each member that reads or ends sessions throws <see cref="SessionStoreException"/> if the store
/// fails, and each one with a subject <see cref="ArgumentException"/> for one that <see cref="IUserSessions"/> refuses.
/// </remarks>
public interface IServerSessionOperator
{
    /// <summary>The name of the backend, such as <c>Redis</c>.</summary>
    string Backend { get; }

    /// <summary>
    /// What happens to sessions while they move between two stores; <see langword="null"/> if the store is no
    /// <see cref="MovingSessionStore"/>. <see cref="Backend"/> names both stores then, the old one first.
    /// </summary>
    SessionMoveMode? MoveMode { get; }

    /// <summary>Whether the store can count its sessions.</summary>
    bool CanCount { get; }

    /// <summary>Whether the sessions of users are listed: <c>AddUserSessions</c>.</summary>
    bool KnowsUsers { get; }

    /// <summary>Whether sessions are encrypted at rest.</summary>
    bool IsEncrypted { get; }

    /// <summary>Counts the records of the store, which are its sessions and tombstones. May take seconds with a million of them.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number.</returns>
    /// <exception cref="NotSupportedException"><see cref="CanCount"/> is <see langword="false"/>.</exception>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists the live sessions of a user; see <see cref="IUserSessions.ListAsync"/>.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The sessions. None is the current one.</returns>
    /// <exception cref="NotSupportedException"><see cref="KnowsUsers"/> is <see langword="false"/>.</exception>
    ValueTask<UserSessionList> ListAsync(string subject, CancellationToken cancellationToken = default);

    /// <summary>Describes one session of a user. Costs one read of the list, and one of the session.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="handle">The handle of the session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The session; <see langword="null"/> if the user has no such session.</returns>
    /// <exception cref="NotSupportedException"><see cref="KnowsUsers"/> is <see langword="false"/>.</exception>
    ValueTask<UserSessionDetails?> FindAsync(string subject, string handle, CancellationToken cancellationToken = default);

    /// <summary>Ends one session of a user for an operator; see <see cref="IUserSessions.EndAsync"/>.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="handle">The handle of the session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the session was in the user's list. It is ended then.</returns>
    /// <exception cref="NotSupportedException"><see cref="KnowsUsers"/> is <see langword="false"/>.</exception>
    ValueTask<bool> EndAsync(string subject, string handle, CancellationToken cancellationToken = default);

    /// <summary>Ends all sessions of a user for an operator; see <see cref="IUserSessions.EndAllAsync"/>.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="cancellationToken">Ends the wait. Sessions that are not ended by then are ended later, as failed ones are.</param>
    /// <returns>What became of the sessions. Check <see cref="EndedUserSessions.Failed"/>.</returns>
    /// <exception cref="NotSupportedException"><see cref="KnowsUsers"/> is <see langword="false"/>.</exception>
    ValueTask<EndedUserSessions> EndAllAsync(string subject, CancellationToken cancellationToken = default);
}
