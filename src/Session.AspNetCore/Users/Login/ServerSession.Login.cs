namespace ServerSessions;

// The user of the session.
public sealed partial class ServerSession
{
    /// <summary>
    /// The sign-in of this session: who is signed in, since when, and the handle that names the session in a list of the user's sessions.
    /// <see langword="null"/> if no one is signed in, or if <c>AddUserSessions</c> is not used.
    /// </summary>
    public UserLogin? Login => _idOperations.Users is null ? null : UserTracking.LoginOf(Live.Document);

    /// <summary>
    /// Signs a user in: gives the session a new id as <see cref="RenewForSignInAsync"/> does, and puts it into the user's list, in which
    /// <see cref="IUserSessions"/> finds it. If another user is signed in, the session begins empty, as with
    /// <see cref="RegenerateAsync"/>. If the same user is, the session stays listed under its handle.
    /// </summary>
    /// <remarks>
    /// <para><see cref="DestroyAsync"/> signs out. The sign-in is stored with the session, when the request is committed. If all sessions
    /// of the user are ended until then, this one is too: it is not stored, and the response has no cookie.</para>
    /// <para>A sign-in of cookie authentication whose ticket is kept in the session does the same by itself.</para>
    /// </remarks>
    /// <param name="subject">
    /// The user: a text that names no one else and never changes, such as the key of a table. 1 to 512 characters.
    /// </param>
    /// <param name="signIn">What is known of the sign-in. <see langword="null"/>: nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the user's list has the session.</returns>
    /// <exception cref="ArgumentException">The subject names no user. This session is unchanged.</exception>
    /// <exception cref="TooManyUserSessionsException">
    /// The user has <see cref="UserSessionOptions.MaxSessionsPerUser"/> sessions, and the options refuse more. The session has a new id and
    /// belongs to no user.
    /// </exception>
    /// <exception cref="SessionNotFoundException">
    /// Another request has ended the session or given it a new id in the meantime, or all sessions of the user were ended after
    /// <see cref="UserSignIn.CheckedAt"/>. This session is detached from the request.
    /// </exception>
    /// <exception cref="SessionStoreException">The store failed. The session belongs to no user.</exception>
    /// <exception cref="InvalidOperationException">
    /// <c>AddUserSessions</c> was not called; or the session cannot get a new id, see <see cref="RenewForSignInAsync"/>.
    /// </exception>
    public async ValueTask SignInAsync(string subject, UserSignIn? signIn = null, CancellationToken cancellationToken = default)
    {
        UserSubject.ThrowIfInvalid(subject);
        await _idOperations.SignInAsync(EnsureWritable(), subject, signIn ?? new UserSignIn(), cancellationToken);
    }
}
