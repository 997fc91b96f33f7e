using System.Globalization;
using System.Text.Json;
using ServerSessions.Interop.Host.Json;
using ServerSessions.Interop.Host.Options;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Steps;

/// <summary>
/// The steps <c>cookie.get</c> and <c>cookie.set</c>. A name that express-session does not know reads as null and is set without effect.
/// </summary>
internal static class CookieSteps
{
    public static byte[] Get(SessionCookie cookie, string? name) =>
        name switch
        {
            "maxAge" => Milliseconds(cookie.MaxAge),
            "originalMaxAge" => Milliseconds(cookie.OriginalMaxAge),
            "expires" => Trace.Json(cookie.Expires?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
            "path" => Trace.Json(cookie.Path),
            "domain" => Trace.Json(cookie.Domain),
            "httpOnly" => Trace.Json(cookie.HttpOnly),
            "secure" => Trace.Json(cookie.Secure),
            "partitioned" => Trace.Json(cookie.Partitioned),
            "priority" => Trace.Json(cookie.Priority?.ToString().ToLowerInvariant()),
            "sameSite" => cookie.SameSite switch
            {
                SessionSameSite.Off => Trace.Json(false),
                SessionSameSite.True => Trace.Json(true),
                var sameSite => Trace.Json(sameSite?.ToString().ToLowerInvariant()),
            },
            _ => Trace.Json<string?>(null),
        };

    public static void Set(SessionCookie cookie, string? name, JsonElement value)
    {
        switch (name)
        {
            case "maxAge":
                cookie.MaxAge = CookieValues.Span(value);
                break;
            case "originalMaxAge":
                cookie.OriginalMaxAge = CookieValues.Span(value);
                break;
            case "expires":
                cookie.Expires = CookieValues.Instant(value);
                break;
            case "path":
                cookie.Path = CookieValues.Text(value);
                break;
            case "domain":
                cookie.Domain = CookieValues.Text(value);
                break;
            case "httpOnly":
                cookie.HttpOnly = CookieValues.Truth(value);
                break;
            case "secure":
                cookie.Secure = CookieValues.Truth(value);
                break;
            case "partitioned":
                cookie.Partitioned = CookieValues.Truth(value);
                break;
            case "priority":
                cookie.Priority = CookieValues.Priority(value);
                break;
            case "sameSite":
                cookie.SameSite = CookieValues.SameSite(value);
                break;
        }
    }

    private static byte[] Milliseconds(TimeSpan? span) =>
        Trace.Json(span is { } value ? value.Ticks / TimeSpan.TicksPerMillisecond : (long?)null);
}
