using ServerSessions.Payload;

namespace ServerSessions;

/// <content>The cookie of the response, and the caches that see it.</content>
internal sealed partial class SessionCommit
{
    private bool HasMaxAge => request.CookieOptions is { SendMaxAge: true };

    private SessionCookie? ToClear => request.Session is null && _runtime.Options.ClearCookieOnDestroy ? request.CookieToClear : null;

    /// <summary>
    /// Prepares the cookie before the session is stored: refuses one that browsers would drop, and sets Secure from then on for one that is
    /// sent over https.
    /// </summary>
    /// <returns>Whether to send the cookie.</returns>
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

    private bool IsHeldBack(ServerSession session) =>
        session.Cookie.Secure == true && !SecureTransport.IsUsedBy(request.Context, _runtime.Options.Proxy);

    private void SendCookie(bool isWanted)
    {
        if (request.Session is not { } session)
        {
            if (ToClear is { } cookie)
            {
                _cookie.Send(SetCookie.FormatExpired(_runtime.Options.Cookie.Name, cookie, HasMaxAge));
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
                _cookie.Send(SetCookie.Format(_runtime.Options.Cookie.Name, request.SignedSid(session), session.Cookie, HasMaxAge));
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
            _runtime.Options.ClearSiteDataOnDestroy is not SessionSiteData.None and var data
            && request.Session is null
            && request.CookieToClear is not null
            && !_cookie.HasOther
            && !request.Context.Response.HasStarted
            && SecureTransport.IsUsedBy(request.Context, _runtime.Options.Proxy)
        )
        {
            SiteData.Clear(request.Context.Response.Headers, data);
        }
    }

    private void KeepFromCaches()
    {
        if (_runtime.Options.CacheProtection == SessionCacheProtection.None)
        {
            return;
        }

        request.KeepFromServerCaches();
        var hasCookie = _cookie.IsThere || _isCookieDue || ToClear is not null;
        if (hasCookie || request.IsUsed)
        {
            CacheProtection.Apply(request.Context.Response.Headers, _runtime.Options.CacheProtection, hasCookie);
        }
    }
}
