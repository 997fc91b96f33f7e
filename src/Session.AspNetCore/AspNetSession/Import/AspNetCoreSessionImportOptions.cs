using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Session;

namespace ServerSessions;

/// <summary>
/// Options of <c>ImportAspNetCoreSessions</c>: the cookie that <c>AddSession()</c> has set. The values must be those of its
/// <c>SessionOptions.Cookie</c>.
/// </summary>
public sealed class AspNetCoreSessionImportOptions
{
    /// <summary>The name of the cookie. The default is <c>.AspNetCore.Session</c>.</summary>
    public string CookieName { get; set; } = SessionDefaults.CookieName;

    /// <summary>The path of the cookie, with which the browser is told to drop it. The default is <c>/</c>.</summary>
    public string? CookiePath { get; set; } = SessionDefaults.CookiePath;

    /// <summary>
    /// The domain of the cookie, with which the browser is told to drop it. The default is <see langword="null"/>: the cookie has none.
    /// </summary>
    public string? CookieDomain { get; set; }

    /// <summary>Returns the options with which the browser drops the cookie.</summary>
    /// <param name="isSecure">Whether the request came over https. A name such as <c>__Host-id</c> then needs Secure.</param>
    internal CookieOptions ForDeletion(bool isSecure) =>
        new()
        {
            Path = CookiePath,
            Domain = CookieDomain,
            Secure = isSecure,
        };
}
