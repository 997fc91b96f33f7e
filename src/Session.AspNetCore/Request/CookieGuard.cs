namespace ServerSessions;

/// <summary>Refuses cookies that browsers would drop, before a session is stored that its browser can never bring.</summary>
internal sealed class CookieGuard(ServerSessionOptions options, SessionRecords records)
{
    /// <summary>
    /// Refuses a cookie that browsers would drop. A cookie that came from the store unchanged was sent before, perhaps by Node, and is not
    /// refused.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    public void ThrowIfBrowsersDropCookie(RequestSession request)
    {
        if (!options.EnforceCookieRules)
        {
            return;
        }

        // Checks the cookie as it will be sent, because SameSite=None needs Secure. After the headers no cookie is sent, and the request
        // may be gone.
        var session = request.State!;
        var sent = CookieSettings.Of(session.Cookie);
        if (!request.IsPastHeaders && SessionFactory.BecomesSecure(session.Cookie, request, options.Proxy))
        {
            sent = sent with { Secure = true };
        }

        if (
            (CookieRules.CheckLength(options.Cookie.Name, session.Sid) ?? CookieRules.Check(options.Cookie.Name, sent)) is { } broken
            && !records.HasCookieAtRest(session)
        )
        {
            throw new SessionCookieException(broken);
        }
    }

    /// <summary>Refuses an id that makes the cookie longer than browsers accept.</summary>
    /// <exception cref="SessionCookieException">The cookie is too long.</exception>
    public void ThrowIfBrowsersDropId(string sid)
    {
        if (options.EnforceCookieRules && CookieRules.CheckLength(options.Cookie.Name, sid) is { } broken)
        {
            throw new SessionCookieException(broken);
        }
    }
}
