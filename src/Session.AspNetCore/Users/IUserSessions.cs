namespace ServerSessions;

/// <summary>
/// The sessions of each user: lists them, counts them and ends them, on all instances of the application. <c>AddUserSessions</c> registers
/// it as a singleton; sessions of a name have theirs as a keyed service. Thread safe.
/// </summary>
/// <remarks>
/// <para>A session belongs to a user from <see cref="ServerSession.SignInAsync"/> on, or a sign-in of cookie authentication whose ticket is
/// kept in the session. A session that can be used is always listed. A session that has expired may stay in the list at rest for a while,
/// and is never shown.</para>
/// <para>Every member throws <see cref="ArgumentException"/> for a subject that is empty, longer than 512 characters or not well-formed
/// UTF-16, and <see cref="SessionStoreException"/> if the store fails. Subjects are compared ordinally.</para>
/// </remarks>
public interface IUserSessions
{
    /// <summary>
    /// Lists the live sessions of a user. Costs one read of the store, and one for each session. Removes what is dead from the list.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="currentHandle">
    /// The handle of the session that asks, from <see cref="ServerSession.Login"/>. <see langword="null"/>: none is the current one.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The sessions.</returns>
    ValueTask<UserSessionList> ListAsync(string subject, string? currentHandle = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Counts the sessions of a user with one read of the store. Sessions that expired since the list was last looked at count too.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number.</returns>
    ValueTask<int> CountAsync(string subject, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends one session of a user. It is over on all instances when this returns, and so is a sign-in or a renewal of it under way.
    /// </summary>
    /// <param name="subject">The user. A handle of another user is unknown.</param>
    /// <param name="handle">The handle of the session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// <see langword="true"/> if the session was in the user's list, and is ended; <see langword="false"/> if the user has no such session.
    /// </returns>
    ValueTask<bool> EndAsync(string subject, string handle, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends all sessions of a user, or all but one. Sign-ins under way are ended too. A sign-in that begins later is not: change the
    /// password first, and then end the sessions; see <see cref="UserSignIn.CheckedAt"/>.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="exceptHandle">The handle of the session to keep. <see langword="null"/>: none.</param>
    /// <param name="cancellationToken">Ends the wait. Sessions that are not ended by then are ended later, as failed ones are.</param>
    /// <returns>What became of the sessions. Check <see cref="EndedUserSessions.Failed"/>.</returns>
    /// <exception cref="SessionStoreException">The list could not be read or written. No session was ended.</exception>
    ValueTask<EndedUserSessions> EndAllAsync(
        string subject,
        string? exceptHandle = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Adds sessions that no list has to the list of their user. Reads every session of the store. For an operator, after the lists were
    /// lost: their table, folder or keys were removed, or restored from an older backup. Adds only, and can run at any time.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. What was added stays.</param>
    /// <returns>What was found and done.</returns>
    /// <exception cref="NotSupportedException">The session store cannot list its sessions.</exception>
    ValueTask<RebuiltUserIndex> RebuildAsync(CancellationToken cancellationToken = default);
}
