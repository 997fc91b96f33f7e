using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Carries out what <see cref="CommitDecision"/> decides: stores a request's session and sends its cookie. Runs before the first byte of
/// the body or an upgrade, before the headers, and when the request ends. Each run does only what has changed since the previous one.
/// </summary>
internal sealed class SessionCommit(
    RequestSession request,
    ServerSessionOptions options,
    SessionWriter writer,
    SessionRemover remover,
    SessionIdCookie idCookie,
    FailureReports reports
)
{
    private ResponseCookie _cookie;
    private LifetimeStart _start;

    /// <summary>The error that prevented the session from being stored.</summary>
    public Exception? Failure => request.Failures.Commit?.SourceException;

    /// <summary>
    /// Whether the options refused what the application put into the session or its cookie. That is the application's error, not a failure
    /// of the store.
    /// </summary>
    public bool IsRefused => Failure is SessionLimitException or SessionCookieException or ReadOnlySessionException;

    private bool MayContinue => options.WhenSaveFails == SessionFailureBehavior.Continue && !IsRefused;

    public HttpContext Context => request.Context;

    private HttpResponse Response => request.Context.Response;

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
        if (request.Failures.Commit is { } failure && Response.StatusCode < StatusCodes.Status400BadRequest && !MayContinue)
        {
            failure.Throw();
        }

        // Bytes that bypassed the commit have sent the headers, and with them the cookie.
        return Response.HasStarted ? CommitStoreAsync() : CommitAsync();
    }

    /// <summary>
    /// Commits before the headers: stores and sends also what the application changed since the commit before the first byte.
    /// </summary>
    public Task CommitHeadersAsync()
    {
        request.IsPastHeaders = true;
        return CommitAsync();
    }

    /// <summary>Stores what is not stored yet. Independent of the client: after a disconnect its session is still saved.</summary>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    public async Task CommitStoreAsync()
    {
        if (Failure is null)
        {
            await StoreAsync(isWithCookie: false);
        }
    }

    /// <summary>Makes the caches in this application skip a response that depends on the visitor.</summary>
    public void KeepFromServerCaches()
    {
        if (request.IsUsed)
        {
            ResponseCaches.Refuse(request.Context);
        }
    }

    /// <summary>Keeps a response out of caches if it depends on the visitor, or has or gets the session's cookie.</summary>
    public void KeepFromCaches()
    {
        if (options.CacheProtection == SessionCacheProtection.None)
        {
            return;
        }

        KeepFromServerCaches();
        var hasCookie = _cookie.IsThere || IsCookieDue(Decide().Cookie);
        if (hasCookie || request.IsUsed)
        {
            CacheProtection.Apply(Response.Headers, options.CacheProtection, hasCookie);
        }
    }

    private async Task CommitAsync()
    {
        if (Failure is null)
        {
            var decision = await StoreAsync(isWithCookie: true);
            if (Failure is null)
            {
                SendCookie(decision);
                _cookie.YieldToOther(Response.Headers, options.Cookie.Name, options.YieldToForeignCookie);
                ClearSiteData();
            }
        }

        KeepFromCaches();
    }

    /// <summary>Decides, and carries out the part that concerns the store.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitDecision> StoreAsync(bool isWithCookie)
    {
        CommitDecision decision = default;
        try
        {
            request.TellHeld(HeldMoment.Committing);

            // First, because whether a changed session's cookie is sent again depends on its expiry.
            StartLifetime();
            await writer.ExtendLeaseAsync(request);
            decision = Decide();
            if (isWithCookie)
            {
                _start = _start with { IsWithCookie = decision.Cookie == CookieAction.SetCookie && !idCookie.IsHeldBack(request) };
            }

            ThrowIfCookieIsReadOnly();
            PrepareCookie(decision);
            if (decision.Store == StoreAction.Nothing)
            {
                await CarryOutAsync(decision);
            }
            else
            {
                await MeasureAsync(decision);
            }
        }
        catch (Exception failure)
        {
            request.OnCommitFailed(failure);
            if (!IsRefused)
            {
                reports.ReportCommit(request, failure, OperationOf(decision.Store));
            }

            if (!MayContinue)
            {
                throw;
            }
        }

        return decision;
    }

    private CommitDecision Decide() =>
        CommitDecision.Of(
            request.History,
            request.Live,
            new CommitCircumstances
            {
                Absence = request.Absence,
                CookieSid = request.Incoming.Sid,
                CanSendCookie = !Response.HasStarted,
                IsHeldBack = idCookie.IsHeldBack(request),
                BecomesSecure = idCookie.BecomesSecure(request),
                IsReadOnly = request.IsReadOnly,
                CanTouch = writer.CanTouch,
                IsFresh = writer.IsFresh,
            },
            options
        );

    /// <summary>Carries out a decision for which the store is called.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask MeasureAsync(CommitDecision decision)
    {
        // Of the reports, because a field of its own would cost each request.
        var telemetry = reports.Telemetry;
        var commit = telemetry.BeginCommit();
        try
        {
            await CarryOutAsync(decision);
            telemetry.EndCommit(commit, decision.Store);
        }
        catch (Exception failure)
        {
            telemetry.EndCommit(commit, decision.Store, failure);
            throw;
        }
    }

    private async ValueTask CarryOutAsync(CommitDecision decision)
    {
        switch (decision.Store)
        {
            case StoreAction.Destroy:
                await remover.EndAsync(request, SessionEndReason.Destroyed, CancellationToken.None);
                request.End(SessionAbsence.UnsetAndDestroyed);
                break;
            case StoreAction.Save:
                if (request.State is { IsNew: true, AtRest: null } && Response.HasStarted)
                {
                    reports.ReportLateCookie();
                }

                await writer.WriteAsync(request, CancellationToken.None);
                request.OnStored(StoredBy.Commit);
                break;
            case StoreAction.Touch:
                var session = request.State!;
                var isThere = await writer.TouchAsync(session, CancellationToken.None);

                // A cookie that is already expired is still sent: it makes the browser drop the one that it has.
                request.OnCommitted(
                    isGone: !isThere && !(session.Cookie.MaxAge <= TimeSpan.Zero) && !options.RenewCookieOfGoneSession
                );
                break;
            case StoreAction.Nothing when request.Absence == SessionAbsence.Unset:
                await remover.GiveUpAsync(request);
                break;
            case StoreAction.Nothing when !decision.IsRepeat && request.Live?.AtRest is not null:
                request.OnCommitted(isGone: request.History.Stored is { IsGone: true });
                break;
        }
    }

    /// <summary>
    /// Starts the session's lifetime again, once per request: with the cookie that is sent, otherwise at the end. If the first byte was
    /// sent earlier, a lifetime that was set since counts from the end.
    /// </summary>
    private void StartLifetime()
    {
        if (
            request.Live is { KeepsExpiry: false, Cookie: var cookie }
            && (!_start.IsDone || (!_start.IsWithCookie && cookie.OriginalMaxAge != _start.MaxAge))
        )
        {
            cookie.Touch();
            _start = new LifetimeStart(IsDone: true, cookie.OriginalMaxAge, IsWithCookie: false);
        }
    }

    /// <summary>Refuses a cookie that the application changed although nothing may be stored: the change would be lost.</summary>
    /// <exception cref="SessionCookieException">The cookie is not the stored one.</exception>
    private void ThrowIfCookieIsReadOnly()
    {
        if (request is { IsReadOnly: true, Live: { AtRest: not null } session } && !writer.HasCookieAtRest(session))
        {
            throw new SessionCookieException(
                "The session's cookie was changed, and the endpoint can only read the session (ReadOnlyServerSession). Nothing was stored."
            );
        }
    }

    /// <summary>
    /// Prepares the cookie before the session is stored: refuses one that browsers would drop, and sets Secure from then on for one that is
    /// sent over https.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    private void PrepareCookie(CommitDecision decision)
    {
        if (decision.Cookie == CookieAction.SetCookie && !Response.HasStarted)
        {
            idCookie.Prepare(request);
        }
    }

    private bool IsCookieDue(CookieAction action) =>
        action == CookieAction.ClearCookie
        || (action == CookieAction.SetCookie && !Response.HasStarted && !idCookie.IsHeldBack(request));

    private void SendCookie(CommitDecision decision)
    {
        if (request.Live is null)
        {
            if (decision.Cookie == CookieAction.ClearCookie)
            {
                _cookie.Send(Response.Headers, idCookie.FormatExpired(request));
            }
        }
        else if (decision.Cookie == CookieAction.SetCookie && request.History.Stored is not { IsGone: true })
        {
            if (idCookie.IsHeldBack(request))
            {
                idCookie.WarnAboutHeldBack();
                return;
            }

            if (!decision.IsRepeat || !_cookie.IsInHeaders(Response.Headers))
            {
                _cookie.Send(Response.Headers, idCookie.Format(request));
            }
        }
    }

    /// <summary>
    /// Asks the browser to remove the data of the site after its session was destroyed. Skipped if another server behind this one has just
    /// set a cookie of the session's name, which would also be removed.
    /// </summary>
    private void ClearSiteData()
    {
        if (
            options.ClearSiteDataOnDestroy is not SessionSiteData.None and var data
            && CommitDecision.IsCookieOver(request.Incoming.Sid, request.Absence, options)
            && !_cookie.HasOther
            && !Response.HasStarted
            && SecureTransport.IsUsedBy(request.Context, options.Proxy)
        )
        {
            SiteData.Clear(Response.Headers, data);
        }
    }

    private static SessionStoreOperation OperationOf(StoreAction action) =>
        action switch
        {
            StoreAction.Destroy => SessionStoreOperation.Destroy,
            StoreAction.Touch => SessionStoreOperation.Touch,
            _ => SessionStoreOperation.Set,
        };

    /// <summary>How the session's lifetime was started again.</summary>
    /// <param name="IsDone">Whether it was started.</param>
    /// <param name="MaxAge">The lifetime.</param>
    /// <param name="IsWithCookie">Whether the cookie that tells the browser was sent with it.</param>
    private readonly record struct LifetimeStart(bool IsDone, TimeSpan? MaxAge, bool IsWithCookie);
}
