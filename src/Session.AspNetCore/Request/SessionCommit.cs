using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Stores a request's session and sends its cookie. Runs before the first byte of the body or an upgrade, before the headers, and when the
/// request ends. Each run does only what has changed since the previous one.
/// </summary>
internal sealed partial class SessionCommit(RequestSession request) : IDisposable
{
    private readonly SessionRuntime _runtime = request.Runtime;
    private CommittingResponseBody? _body;
    private ResponseCookie _cookie = new(request.Context, request.Runtime.Options.Cookie.Name);
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

    /// <summary>Starts to commit the session of a request.</summary>
    public static SessionCommit Start(RequestSession request)
    {
        var commit = new SessionCommit(request);
        var context = request.Context;
        if (!context.Response.HasStarted)
        {
            // The body comes first: an exception there reaches the application, and the response can still be replaced. The server's
            // callback is for what bypasses the body: synchronous writes, and responses without a body.
            commit._body = CommittingResponseBody.PutBefore(context, commit);
            CommittingUpgrade.PutBefore(context, commit);
            context.Response.OnStarting(static state => ((SessionCommit)state).CommitHeadersAsync(), commit);
        }
        else
        {
            commit.IsPastHeaders = true;
        }

        return commit;
    }

    /// <summary>
    /// Commits before the first byte: stores the session, then sets the cookie, so that no client has the id of a session that is not
    /// stored.
    /// </summary>
    /// <exception cref="SessionStoreException">
    /// The session could not be stored. Thrown again for each byte of the response that would report success. The bytes of an error page
    /// (status 400 and above) are sent.
    /// </exception>
    public Task CommitBodyAsync()
    {
        if (_failure is not null && request.Context.Response.StatusCode < StatusCodes.Status400BadRequest && !MayGoOn)
        {
            _failure.Throw();
        }

        return CommitAsync(isForBody: true);
    }

    /// <summary>
    /// Commits before the headers: stores and sends also what the application changed since the commit before the first byte.
    /// </summary>
    public Task CommitHeadersAsync()
    {
        IsPastHeaders = true;
        return CommitAsync(isForBody: false);
    }

    /// <summary>Stores what is not stored yet. Independent of the client: after a disconnect its session is still saved.</summary>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    public async Task CommitStoreAsync()
    {
        if (_failure is not null)
        {
            return;
        }

        var attempted = SessionStoreOperation.Set;
        try
        {
            if (request.ShouldDestroy())
            {
                attempted = SessionStoreOperation.Destroy;
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
                    attempted = SessionStoreOperation.Touch;

                    // A session that is gone gets no cookie. So if a cookie is due, the touch is not skipped.
                    if (_isCookieDue || !session.IsFresh())
                    {
                        var isThere = await _runtime.Store.TouchAsync(session.Key, session.ToRecord(), CancellationToken.None);

                        // A cookie that is already expired is still sent: it makes the browser drop the one that it has.
                        _isGone = !isThere && !(session.Cookie.MaxAge <= TimeSpan.Zero) && !_runtime.Options.RenewCookieOfGoneSession;
                    }

                    Committed(session);
                }
            }
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            if (!IsRefused)
            {
                _runtime.Failures.OfCommit(request, failure, attempted);
            }

            if (!MayGoOn)
            {
                throw;
            }
        }
    }

    /// <summary>Whether <see cref="CommitBodyAsync"/> is done, so that bytes may pass.</summary>
    public bool IsBodyCommitted { get; private set; }

    /// <summary>Whether the headers are sent or being sent, so that the client cannot get the cookie of a new id.</summary>
    public bool IsPastHeaders { get; private set; }

    /// <summary>The error that prevented the session from being stored.</summary>
    public Exception? Failure => _failure?.SourceException;

    /// <summary>Puts the commit in front of the response again, for the error page of a pipeline that runs a second time.</summary>
    public void Resume()
    {
        if (!request.Context.Response.HasStarted)
        {
            IsBodyCommitted = false;
            _body = CommittingResponseBody.PutBefore(request.Context, this);
        }
    }

    /// <summary>
    /// Passes the bytes that the application has written and not flushed to the server. For a request that has ended successfully.
    /// </summary>
    public void PassOn() => _body?.PassOn();

    /// <summary>Removes the commit from the response, which then belongs to the middleware in front.</summary>
    public void Dispose()
    {
        _body?.Remove(request.Context);
        if (!request.Context.Response.HasStarted)
        {
            // A cache in front reads the headers as soon as this middleware returns.
            KeepFromCaches();
        }

        ResponseCaches.Restore(request.Context);
    }

    /// <summary>Called before bytes that pass without a commit, because the caches of this server decide at that moment.</summary>
    public void OnUncommittedBytes() => request.KeepFromServerCaches();

    /// <summary>
    /// Whether the options refused what the application put into the session or its cookie. That is the application's error, not a failure
    /// of the store.
    /// </summary>
    public bool IsRefused => Failure is SessionLimitException or SessionCookieException;

    private bool MayGoOn => _runtime.Options.WhenSaveFails == SessionFailureBehavior.Continue && !IsRefused;

    private async Task CommitAsync(bool isForBody)
    {
        if (_failure is null)
        {
            // Touches first, because whether a changed session's cookie is sent again depends on its expiry. Decides before storing, which
            // could end the session.
            Touch();
            var setCookie = request.Session is not null && request.ShouldSetCookie();
            _touchedWithCookie = setCookie && !IsHeldBack(request.Session!);
            _isSentAsCommitted = _cookie.IsSent && request.Session is { } before && IsCommitted(before);
            await CommitStoreAsync();
            if (_failure is null)
            {
                SendCookie(setCookie);
                _cookie.YieldToOther(_runtime.Options.YieldToForeignCookie);
                ClearSiteData();
            }
        }

        KeepFromCaches();

        IsBodyCommitted |= isForBody;
    }

    private async ValueTask DestroyOnceAsync()
    {
        if (!_destroyed)
        {
            await _runtime.Remover.DestroyAsync(request.Unwanted!, request.EndsToo, CancellationToken.None);
            _destroyed = true;
        }
    }

    /// <summary>
    /// Whether to save. The session is saved again after an earlier run if only its cookie changed since, which is no change of content.
    /// </summary>
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
    /// Whether an earlier run has stored the session as it is now, and the application has neither saved nor reloaded it since.
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
    /// Starts the session's lifetime again, once per request: with the cookie that is sent, otherwise at the end. If the first byte was
    /// sent earlier, a lifetime that was set since counts from the end.
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
}
