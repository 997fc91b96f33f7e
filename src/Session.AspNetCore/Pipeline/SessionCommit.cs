using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Brings a request's session to the store and its cookie to the client. Runs before the first byte of the body or an upgrade, before the
/// headers and when the request ends; each run does only what has come up since the one before.
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

    /// <summary>Has the session of a request committed from here on.</summary>
    public static SessionCommit Start(RequestSession request)
    {
        var commit = new SessionCommit(request);
        var context = request.Context;
        if (!context.Response.HasStarted)
        {
            // The body comes first: an exception there reaches the application, and the answer can still be another. The server's own
            // callback is for what passes the body by: synchronous writes, and answers without a body.
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
    /// Before the first byte: stores the session, then sets the cookie, so that no client ever holds the id of a session that is not
    /// stored.
    /// </summary>
    /// <exception cref="SessionStoreException">
    /// The session could not be stored. Thrown again for every byte that would go out as if it were; an error page (status 400 and above)
    /// may.
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
    /// The same before the headers; what the application changed since the first byte was on its way is stored and sent, too.
    /// </summary>
    public Task CommitHeadersAsync()
    {
        IsPastHeaders = true;
        return CommitAsync(isForBody: false);
    }

    /// <summary>Stores what is not stored yet. Not tied to the client: one that has gone away still finds its session saved.</summary>
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

                    // No cookie goes out for a session that is gone, so a touch that could be spared is not where one is due.
                    if (_isCookieDue || !session.IsFresh())
                    {
                        var isThere = await _runtime.Store.TouchAsync(session.Key, session.ToRecord(), CancellationToken.None);

                        // A cookie that is over itself is sent all the same: it tells the browser to drop the one it has.
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

    /// <summary>Whether the headers have gone or are going out, so that no cookie of a new id reaches the client any more.</summary>
    public bool IsPastHeaders { get; private set; }

    /// <summary>What kept the session from being stored.</summary>
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
    /// Hands what the application has laid into the response, and not flushed, to the server. For a request that has ended well.
    /// </summary>
    public void PassOn() => _body?.PassOn();

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

    /// <summary>
    /// Whether the session was not stored because the application has put into it, or into its cookie, what the options refuse: its own
    /// mistake, and no failure of the store.
    /// </summary>
    public bool IsRefused => Failure is SessionLimitException or SessionCookieException;

    private bool MayGoOn => _runtime.Options.WhenSaveFails == SessionFailureBehavior.Continue && !IsRefused;

    private async Task CommitAsync(bool isForBody)
    {
        if (_failure is null)
        {
            // Touched first: whether a changed session's cookie is sent again depends on its having an expiry by then. Decided before
            // storing, which could end the session.
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
    /// Whether an earlier run has brought the session to the store as it is now, and the application has neither saved nor reloaded it
    /// since.
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
    /// Once a request, the session's life starts anew: with the cookie that is sent, else at the end. Where the first byte came before
    /// that, a lifetime that was given since counts from the end on.
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
