namespace ServerSessions;

// New ids: with data and limits kept, with data kept and new limits, and without the data.
public sealed partial class ServerSession
{
    /// <summary>
    /// Gives the session a new id. Data, cookie settings and the start of <see cref="ServerSessionOptions.AbsoluteTimeout"/> stay. Call it
    /// if the user's rights change, or from time to time. At sign-in call <see cref="RenewForSignInAsync"/>.
    /// </summary>
    /// <remarks>
    /// The old id is invalid afterwards. A stored session is stored under the new id at once if the store can compare and set. Otherwise
    /// the session is stored when the request is committed. The idle timeout starts again, as with every use. The absolute timeout
    /// is never extended, regardless of the number of renewals and parallel requests.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the old id is invalid.</returns>
    /// <exception cref="SessionNotFoundException">
    /// Only with a store that can compare and set: another request has ended the session or given it a new id in the meantime. Only one of
    /// several parallel requests gets the data, and none does once the session was destroyed. This session is detached from the request.
    /// </exception>
    /// <exception cref="SessionLimitException">The session has grown past a limit. This session is unchanged.</exception>
    /// <exception cref="SessionCookieException">
    /// With the new id the cookie is longer than browsers accept, or the request has set cookie attributes with which browsers drop it.
    /// This session is unchanged.
    /// </exception>
    /// <exception cref="SessionStoreException">
    /// The session could not be moved to the new id. This session is unchanged, unless the store completed the change despite the error.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The response has started, or the request has ended, so the client cannot get the new id; see
    /// <see cref="ServerSessionOptions.AllowNewIdAfterResponseStart"/>. Or <see cref="ServerSessionOptions.GenerateSid"/> returned the id
    /// that the session has. This session is unchanged.
    /// </exception>
    public async ValueTask RenewIdAsync(CancellationToken cancellationToken = default) =>
        await _idOperations.RenewAsync(EnsureWritable(), isSignIn: false, cancellationToken);

    /// <summary>
    /// Gives the session a new id after the user has authenticated. Data and cookie settings stay, and
    /// <see cref="ServerSessionOptions.AbsoluteTimeout"/> starts again now. Call it at every sign-in. If only the user's rights change,
    /// call <see cref="RenewIdAsync"/>.
    /// </summary>
    /// <remarks>
    /// An id that was planted before is invalid afterwards. Data that was put into the session before stays. Remove data that the user who
    /// signs in must not get, or call <see cref="RegenerateAsync"/>. A stored session is stored under the new id at once if the store can
    /// compare and set. Otherwise the session is stored when the request is committed. The idle timeout also starts again.
    /// </remarks>
    /// <inheritdoc cref="RenewIdAsync" path="/param"/>
    /// <inheritdoc cref="RenewIdAsync" path="/returns"/>
    /// <inheritdoc cref="RenewIdAsync" path="/exception"/>
    public async ValueTask RenewForSignInAsync(CancellationToken cancellationToken = default) =>
        await _idOperations.RenewAsync(EnsureWritable(), isSignIn: true, cancellationToken);

    /// <summary>
    /// Begins an empty session under a new id and destroys the old one (express: <c>req.session.regenerate</c>). Cookie and limits are
    /// those of a new session, because nothing of the old one is kept. To keep the data, call <see cref="RenewForSignInAsync"/> or
    /// <see cref="RenewIdAsync"/>.
    /// </summary>
    /// <remarks>
    /// The new session is stored when the request is committed, also if nothing is put into it. A concurrent sign-out with the old id does
    /// not end the new session.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the old session is removed.</returns>
    /// <exception cref="SessionCookieException">
    /// With the new id the cookie is longer than browsers accept, or the options of this request's cookie break a rule. This session is
    /// unchanged.
    /// </exception>
    /// <exception cref="SessionStoreException">
    /// The old session could not be destroyed. This session is unchanged, unless the store completed the call despite the error.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The response has started, or the request has ended, so the client cannot get the new id; see
    /// <see cref="ServerSessionOptions.AllowNewIdAfterResponseStart"/>. Or <see cref="ServerSessionOptions.GenerateSid"/> returned the id
    /// that the session has. This session is unchanged.
    /// </exception>
    public ValueTask RegenerateAsync(CancellationToken cancellationToken = default) =>
        BeginAnotherAsync(SessionEndReason.Destroyed, cancellationToken);

    /// <summary>Destroys the old session for a reason, of which the event tells; see <see cref="RegenerateAsync"/>.</summary>
    internal async ValueTask BeginAnotherAsync(SessionEndReason reason, CancellationToken cancellationToken) =>
        await _idOperations.RegenerateAsync(EnsureWritable(), reason, cancellationToken);
}
