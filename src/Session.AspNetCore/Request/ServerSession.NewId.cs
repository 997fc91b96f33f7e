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
    public ValueTask RenewIdAsync(CancellationToken cancellationToken = default) => RenewAsync(isSignIn: false, cancellationToken);

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
    public ValueTask RenewForSignInAsync(CancellationToken cancellationToken = default) => RenewAsync(isSignIn: true, cancellationToken);

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
    public async ValueTask RegenerateAsync(CancellationToken cancellationToken = default)
    {
        var newSid = PrepareNewId();
        var newCookie = _request.CreateCookie();
        if (AtRest is not null)
        {
            await _request.Runtime.Remover.DestroyAsync(this, endsToo: null, cancellationToken);
        }

        _left = null;
        TakeId(newSid, atRest: null);
        _document = NewDocument();
        _cookie = newCookie;
    }

    private async ValueTask RenewAsync(bool isSignIn, CancellationToken cancellationToken)
    {
        var newSid = PrepareNewId();
        ThrowIfBrowsersDropCookie();

        // Touches now, because the request may take longer than what is left of the idle timeout.
        _cookie.Touch();

        // Otherwise __moved is a key of the application, and stays.
        var hasTombstone = MovedTo is not null || !_request.Runtime.Options.AllowReservedKeys;
        var left = AtRest is { } stored ? (Key, stored) : _left;
        var moved = AtRest is null ? null : await MoveAsync(newSid, isSignIn, cancellationToken);
        if (moved is not null && _request.Commit!.IsPastHeaders)
        {
            Log.CookieTooLate(_request.Runtime.Logger);
        }

        _left = left;
        TakeId(newSid, moved);
        _changes.AddRange(_document.Keys);
        if (hasTombstone)
        {
            _document.Remove(ReservedKeys.Moved);
        }

        if (isSignIn)
        {
            _request.Runtime.Lifetimes.Restart(_document);
        }
    }

    /// <summary>
    /// Returns a new id. Everything that can fail in the application's functions, or that keeps the new cookie from the browser, fails
    /// here, before the old id is left.
    /// </summary>
    private string PrepareNewId()
    {
        ThrowIfEnded();
        ThrowIfTooLateForCookie();
        var newSid = _request.NewSid();
        if (newSid == Id)
        {
            throw new InvalidOperationException(
                "The session was not given a new id: ServerSessionOptions.GenerateSid returned the id that the session has. The session is "
                    + "as before. GenerateSid must never return an id twice."
            );
        }

        ThrowIfBrowsersDropId(newSid);
        return newSid;
    }

    /// <summary>Moves the stored session to the new id, or removes it if the store cannot compare and set.</summary>
    /// <returns>The record under the new id; <see langword="null"/> if nothing is stored there yet.</returns>
    private async ValueTask<SessionRecord?> MoveAsync(string newSid, bool isSignIn, CancellationToken cancellationToken)
    {
        var runtime = _request.Runtime;
        runtime.Limits.CheckWrite(this);
        if (!runtime.Store.IsConditional)
        {
            await runtime.Remover.DestroyAsync(this, endsToo: null, cancellationToken);
            return null;
        }

        if (await runtime.Remover.MoveAsync(this, newSid, isSignIn, cancellationToken) is { } moved)
        {
            return moved;
        }

        _request.OnGone();
        throw new SessionNotFoundException(SessionStoreOperation.TrySet, runtime.Store.Backend);
    }

    private void TakeId(string newSid, SessionRecord? atRest)
    {
        (Id, _key) = (newSid, null);
        AtRest = atRest;
        _touchedAt = null;
        _cookieAtRest = default;
        IsNew = true;
        _request.OnNewId(newSid);
        _changes.Clear();
    }

    private void ThrowIfTooLateForCookie()
    {
        if (_request.Commit!.IsPastHeaders && !_request.Runtime.Options.AllowNewIdAfterResponseStart)
        {
            throw new InvalidOperationException(
                "The session was not given a new id: the response has started, or the request has ended, so the client cannot get the "
                    + "cookie of the new id. "
                    + "The session is unchanged. Call RenewForSignInAsync, RenewIdAsync or RegenerateAsync before the first byte of "
                    + "the response."
            );
        }
    }
}
