using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>
/// Brings a request's session to the store and its cookie to the client. Runs before the first byte of the body or an upgrade, before the headers and when the
/// request ends; each run does only what has come up since the one before.
/// </summary>
internal sealed class SessionCommit(RequestSession request) : IDisposable
{
    private readonly SessionRuntime _runtime = request.Runtime;
    private CommittingResponseBody? _body;
    private ResponseCookie _cookie = new(request.Context, request.Runtime.Options.Name);
    private bool _isSentAsCommitted;
    private bool _touched;
    private bool _touchedWithCookie;
    private TimeSpan? _touchedMaxAge;
    private bool _destroyed;
    private ExceptionDispatchInfo? _failure;
    private bool _saved;
    private bool _isCookieDue;
    private bool _isSecured;
    private bool _isGone;
    private string? _committedSid;
    private SessionDocument? _committed;
    private CookieState _committedCookie;
    private SessionRecord? _committedAtRest;

    /// <summary>Has the session of a request committed from here on.</summary>
    public static SessionCommit Start(RequestSession request)
    {
        var commit = new SessionCommit(request);
        var context = request.Context;
        if (!context.Response.HasStarted)
        {
            // The body comes first: an exception there reaches the application, and the answer can still be another. The server's own callback
            // is for what passes the body by: synchronous writes, and answers without a body.
            commit._body = CommittingResponseBody.PutBefore(context, commit);
            CommittingUpgrade.PutBefore(context, commit);
            context.Response.OnStarting(static state => ((SessionCommit)state).CommitHeadersAsync(), commit);
        }

        return commit;
    }

    /// <summary>
    /// Before the first byte: stores the session, then sets the cookie, so that no client ever holds the id of a session that is not stored.
    /// </summary>
    /// <exception cref="SessionStoreException">
    /// The session could not be stored. Thrown again for every byte that would go out as if it were; an error page (status 400 and above) may.
    /// </exception>
    public Task CommitBodyAsync()
    {
        if (_failure is not null && request.Context.Response.StatusCode < StatusCodes.Status400BadRequest && !MayGoOn)
        {
            _failure.Throw();
        }

        return CommitAsync(isForBody: true);
    }

    /// <summary>The same before the headers; what the application changed since the first byte was on its way is stored and sent, too.</summary>
    public Task CommitHeadersAsync() => CommitAsync(isForBody: false);

    /// <summary>Stores what is not stored yet. Not tied to the client: one that has gone away still finds its session saved.</summary>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    public async Task CommitStoreAsync()
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            if (request.ShouldDestroy())
            {
                await DestroyOnceAsync();
            }
            else if (request.Session is { } session)
            {
                Touch();
                _isCookieDue = PrepareCookie(session);
                if (IsCommitted(session))
                {
                    return;
                }

                if (ShouldSave(session))
                {
                    await _runtime.Writer.WriteAsync(session, CancellationToken.None);
                    request.OnSaved(session);
                    (_saved, _isSecured, _isGone) = (true, false, false);
                    Committed(session);
                }
                else if (_runtime.Store.CanTouch && request.ShouldTouch())
                {
                    // No cookie goes out for a session that is gone, so a touch that could be spared is not where one is due.
                    if (_isCookieDue || !session.IsFresh())
                    {
                        var isThere = await _runtime.Store.TouchAsync(session.Key, session.ToRecord(), CancellationToken.None);

                        // A cookie that is over itself is sent all the same: it tells the browser to drop the one it has.
                        _isGone = !isThere && !(session.Cookie.MaxAge <= TimeSpan.Zero);
                    }

                    Committed(session);
                }
            }
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            _runtime.Metrics.Failure();
            Log.CommitFailed(_runtime.Logger, failure);
            if (!MayGoOn)
            {
                throw;
            }
        }
    }

    /// <summary>Whether <see cref="CommitBodyAsync"/> is done, so that bytes may pass.</summary>
    public bool IsBodyCommitted { get; private set; }

    /// <summary>Whether this is the failure of the commit, which has been logged and counted.</summary>
    public bool HasReported(Exception failure) => ReferenceEquals(failure, _failure?.SourceException);

    /// <summary>Takes the commit out of the way of the response, which from here on is that of the middleware in front.</summary>
    public void Dispose()
    {
        _body?.Remove(request.Context);
        if (!request.Context.Response.HasStarted)
        {
            // A cache in front looks at the headers as soon as this middleware returns.
            KeepFromCaches();
        }

        ResponseCaches.Restore(request.Context);
    }

    /// <summary>Before bytes that pass by without a commit: caches of this server decide when they see them.</summary>
    public void OnUncommittedBytes() => request.KeepFromServerCaches();

    private SessionCookie? ToClear => request.Session is null && _runtime.Options.ClearCookieOnDestroy ? request.CookieToClear : null;

    private bool MayGoOn => _runtime.Options.WhenSaveFails == SessionFailureBehavior.Continue;

    private async Task CommitAsync(bool isForBody)
    {
        if (_failure is null)
        {
            // Touched first: whether a changed session's cookie is sent again depends on its having an expiry by then. Decided before storing, which
            // could end the session.
            Touch();
            var setCookie = request.Session is not null && request.ShouldSetCookie();
            _touchedWithCookie = setCookie && !IsHeldBack(request.Session!);
            _isSentAsCommitted = _cookie.IsSent && request.Session is { } before && IsCommitted(before);
            await CommitStoreAsync();
            if (_failure is null)
            {
                SendCookie(setCookie);
                _cookie.YieldToOther();
            }
        }

        KeepFromCaches();

        IsBodyCommitted |= isForBody;
    }

    /// <summary>
    /// Before the session is stored: refuses a cookie that browsers would drop, and marks one that goes over https Secure from then on.
    /// </summary>
    /// <returns>Whether the cookie is to be sent.</returns>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    private bool PrepareCookie(ServerSession session)
    {
        if (request.Context.Response.HasStarted || !request.ShouldSetCookie())
        {
            return false;
        }

        session.ThrowIfBrowsersDropCookie();
        if (IsHeldBack(session))
        {
            return false;
        }

        _isSecured |= SessionFactory.Secure(session.Cookie, request, _runtime.Options.Proxy);
        return true;
    }

    private async ValueTask DestroyOnceAsync()
    {
        if (!_destroyed)
        {
            await _runtime.Remover.DestroyAsync(request.Unwanted!, request.EndsToo, CancellationToken.None);
            _destroyed = true;
        }
    }

    /// <summary>What an earlier run saved is saved again where only its cookie changed since, which is no change of content.</summary>
    private bool ShouldSave(ServerSession session)
    {
        if (!_isSecured && !request.ShouldSave() && (!_saved || request.IsSavedByApplication))
        {
            return false;
        }

        if (session.IsNew && session.AtRest is null && request.Context.Response.HasStarted)
        {
            Log.CookieTooLate(_runtime.Logger);
        }

        return true;
    }

    /// <summary>
    /// Whether an earlier run has brought the session to the store as it is now, and the application has neither saved nor reloaded it since.
    /// </summary>
    private bool IsCommitted(ServerSession session) =>
        _committed is { } committed
        && _committedSid == session.Id
        && ReferenceEquals(_committedAtRest, session.AtRest)
        && committed.ContentEquals(session.Document)
        && _committedCookie == session.CookieState;

    private void Committed(ServerSession session)
    {
        _committedSid = session.Id;
        _committed = session.Document.Clone();
        _committedCookie = session.CookieState;
        _committedAtRest = session.AtRest;
    }

    /// <summary>
    /// Once a request, the session's life starts anew: with the cookie that is sent, else at the end. Where the first byte came before that, a
    /// lifetime that was given since counts from the end on.
    /// </summary>
    private void Touch()
    {
        if (request.Session is not { } session)
        {
            return;
        }

        if (!_touched || (!_touchedWithCookie && session.Cookie.OriginalMaxAge != _touchedMaxAge))
        {
            session.Cookie.Touch();
            _touched = true;
            _touchedMaxAge = session.Cookie.OriginalMaxAge;
        }
    }

    private bool IsHeldBack(ServerSession session) =>
        session.Cookie.Secure == true && !SecureTransport.IsUsedBy(request.Context, _runtime.Options.Proxy);

    private void SendCookie(bool isWanted)
    {
        if (request.Session is not { } session)
        {
            if (ToClear is { } cookie)
            {
                _cookie.Send(SetCookie.FormatExpired(_runtime.Options.Name, cookie));
            }

            return;
        }

        if (isWanted && !_isGone && IsHeldBack(session))
        {
            _runtime.WarnAboutInsecureTransport();
        }
        else if (isWanted && !_isGone)
        {
            session.KeepWithinEnd();
            if (!_isSentAsCommitted || !_cookie.IsInHeaders())
            {
                _cookie.Send(SetCookie.Format(_runtime.Options.Name, request.SignedSid(session), session.Cookie));
            }
        }
    }

    private void KeepFromCaches()
    {
        if (!_runtime.Options.ProtectFromCaches)
        {
            return;
        }

        request.KeepFromServerCaches();
        var hasCookie = _cookie.IsThere || _isCookieDue || ToClear is not null;
        if (hasCookie || request.IsUsed)
        {
            CacheProtection.Apply(request.Context.Response.Headers, hasCookie);
        }
    }
}
