using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>Creates new sessions, with their ids and cookies.</summary>
internal sealed class SessionFactory(
    ServerSessionOptions options,
    StoredFormat format,
    SessionLifetimes lifetimes,
    TimeProvider timeProvider
)
{
    // The same as express-session requests from uid-safe: 192 bits, 32 characters.
    private const int SidBytes = 24;

    public string GenerateSid(HttpContext context)
    {
        if (options.GenerateSid is not { } generate)
        {
            Span<byte> random = stackalloc byte[SidBytes];
            RandomNumberGenerator.Fill(random);
            return Base64Url.EncodeToString(random);
        }

        var sid = generate(context);
        return Sid.IsValid(sid)
            ? sid
            : throw new InvalidOperationException(
                $"ServerSessionOptions.GenerateSid returned an invalid session id. It must have 1 to {Sid.MaxLength} characters, be "
                    + $"well-formed UTF-16 and contain no NUL."
            );
    }

    /// <summary>Creates an empty session with an id.</summary>
    /// <exception cref="SessionCookieException">The options of this request's cookie break a rule.</exception>
    public SessionState Create(HttpContext context, string sid)
    {
        var cookie = CreateCookie(context);
        var document = new SessionDocument("{}"u8.ToArray());
        lifetimes.Stamp(document);
        return new SessionState(sid, StoreKeyOf(sid), document, cookie) { IsNew = true };
    }

    /// <summary>Returns the name that the store keeps the session with an id under.</summary>
    public string StoreKeyOf(string sid) => format.StoreKeyOf(sid);

    public SessionCookieOptions CookieOptions(HttpContext context) => options.CookiePerRequest?.Invoke(context) ?? options.Cookie;

    /// <summary>Creates the cookie of a new session.</summary>
    /// <exception cref="SessionCookieException">
    /// The options of this request break a rule. The options of all requests were checked at start.
    /// </exception>
    private SessionCookie CreateCookie(HttpContext context)
    {
        var settings = CookieOptions(context);
        if (options.CookiePerRequest is not null && CheckPerRequest(settings) is { } broken)
        {
            throw new SessionCookieException(broken);
        }

        var cookie = new SessionCookie(timeProvider)
        {
            Path = settings.Path,
            Domain = settings.Domain,
            HttpOnly = settings.HttpOnly,
            Priority = settings.Priority,
            // As in express-session, attributes that are not set are not stored.
            Partitioned = settings.Partitioned ? true : null,
            Secure = settings.Secure switch
            {
                SessionCookieSecure.Always => true,
                SessionCookieSecure.Auto or SessionCookieSecure.AutoOnce => SecureTransport.IsUsedBy(context, options.Proxy),
                _ => null,
            },
            SameSite =
                !settings.SameSiteAuto ? SameSiteSpelling.Of(settings.SameSite)
                : SecureTransport.IsUsedBy(context, options.Proxy) ? SessionSameSite.None
                : SessionSameSite.Lax,
        };

        if (settings.MaxAge is { } maxAge)
        {
            cookie.MaxAge = maxAge;
        }
        else if (settings.Expires is { } expires)
        {
            cookie.Expires = expires;
        }

        return cookie;
    }

    private string? CheckPerRequest(SessionCookieOptions settings) =>
        (
            options.EnforceCookieRules
                ? CookieOptionsRules.Check(options.Cookie.Name, settings, timeProvider)
                : CookieOptionsRules.CheckGrammar(settings)
        ).FirstOrDefault();
}
