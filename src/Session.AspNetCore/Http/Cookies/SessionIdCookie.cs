using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Reads the session id from a request's cookies, and writes the cookie of a response. If several cookies have the name, the first one with
/// a valid signature is used: a sibling domain can put a cookie in front of it, but cannot sign it.
/// </summary>
internal sealed class SessionIdCookie(
    ServerSessionOptions options,
    CookieSigner signer,
    SessionRecords records,
    LimitedWarnings warnings
)
{
    // Browsers send one cookie, or two while a path or domain changes. Each costs a MAC for every secret.
    private const int MaxTried = 8;

    // A usual cookie value has less than 100 characters, and the stack is cleared each time.
    private const int LongestOnStack = 256;

    /// <summary>Returns the id from the cookies of a request; <see langword="null"/> without a valid one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="signed">The value of the cookie, if the current secret has signed it.</param>
    /// <param name="isForged">Whether there is a cookie of the name, and none with a valid signature.</param>
    public string? Find(HttpContext context, out StringSegment signed, out bool isForged)
    {
        var cookies = new CookieHeader(context.Request.Headers.Cookie, options.Cookie.Name);
        var most = options.FirstCookieOnly ? 1 : MaxTried;
        string? sid = null;
        signed = default;
        isForged = false;
        for (var tried = 0; tried < most && cookies.TryNext(out var value); tried++)
        {
            if (Unsign(value, out var isCurrent) is not { } found)
            {
                isForged = sid is null;
                continue;
            }

            isForged = false;
            if (sid is null)
            {
                sid = found;
                signed = isCurrent ? value : default;
            }
            else if (sid != found)
            {
                warnings.WarnOfTwoSessions();
                break;
            }
        }

        return sid;
    }

    /// <summary>Whether the cookie is Secure, and the request did not come over https.</summary>
    public bool IsHeldBack(RequestSession request) =>
        request.Live is { Cookie.Secure: true } && !SecureTransport.IsUsedBy(request.Context, options.Proxy);

    /// <summary>Whether the cookie is not Secure yet and becomes Secure if it is sent with this response.</summary>
    public bool BecomesSecure(RequestSession request) =>
        request.Live is { } session && BecomesSecure(request, session.Cookie);

    /// <summary>
    /// Prepares the cookie before the session is stored: refuses one that browsers would drop. Sets Secure for one that is sent over
    /// https with <see cref="SessionCookieSecure.Auto"/>, and resolves what <see cref="SessionCookieOptions.SameSiteAuto"/> left open
    /// over http.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    public void Prepare(RequestSession request)
    {
        ThrowIfBrowsersDrop(request);
        var cookie = request.State!.Cookie;
        if (BecomesSecure(request, cookie))
        {
            cookie.Secure = true;
            if (request.Incoming.Options!.SameSiteAuto && cookie.SameSite == SessionSameSite.Lax)
            {
                cookie.SameSite = SessionSameSite.None;
            }
        }
    }

    /// <summary>
    /// Refuses a cookie that browsers would drop. A cookie that came from the store unchanged was sent before, perhaps by Node, and is not
    /// refused.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    public void ThrowIfBrowsersDrop(RequestSession request)
    {
        if (!options.EnforceCookieRules)
        {
            return;
        }

        // Checks the cookie as it will be sent, because SameSite=None needs Secure. After the headers no cookie is sent, and the request
        // may be gone.
        var session = request.State!;
        var sent = CookieSettings.Of(session.Cookie);
        if (!request.IsPastHeaders && BecomesSecure(request, session.Cookie))
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

    public void WarnAboutHeldBack() => warnings.WarnOfInsecureTransport();

    /// <summary>Returns the Set-Cookie header of a request's session.</summary>
    public string Format(RequestSession request)
    {
        var session = request.State!;
        records.KeepWithinEnd(session);
        return SetCookie.Format(options.Cookie.Name, Sign(session.Sid, request.Incoming), session.Cookie, HasMaxAge(request));
    }

    /// <summary>Returns the Set-Cookie header that removes the cookie of a session that has ended.</summary>
    public string FormatExpired(RequestSession request) =>
        SetCookie.FormatExpired(options.Cookie.Name, request.State!.Cookie, HasMaxAge(request));

    private bool BecomesSecure(RequestSession request, SessionCookie cookie) =>
        cookie.Secure != true
        && request.Incoming.Options is { Secure: SessionCookieSecure.Auto }
        && SecureTransport.IsUsedBy(request.Context, options.Proxy);

    private static bool HasMaxAge(RequestSession request) => request.Incoming.Options is { SendMaxAge: true };

    /// <summary>Returns the value of the cookie. A valid incoming value is sent again: signing returns the same.</summary>
    private ReadOnlySpan<char> Sign(string sid, in IncomingCookie incoming) =>
        incoming.Value.HasValue && incoming.Sid == sid && PercentEncoding.IsEncoded(incoming.Value)
            ? incoming.Value
            : PercentEncoding.Encode(signer.Sign(sid));

    private string? Unsign(StringSegment value, out bool isCurrent)
    {
        Span<char> decoded = value.Length <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[value.Length];
        return signer.Unsign(PercentEncoding.Decode(value, decoded), out isCurrent);
    }
}
