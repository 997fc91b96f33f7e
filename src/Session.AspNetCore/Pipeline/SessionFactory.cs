using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Session;

/// <summary>Makes the ids and cookies of new sessions.</summary>
internal sealed class SessionFactory(ServerSessionOptions options, TimeProvider timeProvider)
{
    // As many as uid-safe is asked for in express-session: 192 bits, 32 characters.
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
                $"ServerSessionOptions.GenerateSid returned no valid session id. It must have 1 to {Sid.MaxLength} characters, be well-formed UTF-16 and contain no NUL.");
    }

    public SessionCookieOptions CookieOptions(HttpContext context) => options.CookiePerRequest?.Invoke(context) ?? options.Cookie;

    public SessionCookie CreateCookie(HttpContext context)
    {
        var settings = CookieOptions(context);
        var cookie = new SessionCookie(timeProvider)
        {
            Path = settings.Path,
            Domain = settings.Domain,
            HttpOnly = settings.HttpOnly,
            Priority = settings.Priority,
            Partitioned = settings.Partitioned,
            Secure = settings.Secure switch
            {
                SessionCookieSecure.Always => true,
                SessionCookieSecure.Never => false,
                SessionCookieSecure.Auto => SecureTransport.IsUsedBy(context, options.Proxy),
                _ => null,
            },
            SameSite = settings.SameSite switch
            {
                SessionSameSite.Auto => SecureTransport.IsUsedBy(context, options.Proxy) ? SessionSameSite.None : SessionSameSite.Lax,
                var sameSite => sameSite,
            },
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
}
