using System.Globalization;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Options;

/// <summary>The member <c>cookie</c> of express-session's options.</summary>
internal static class ExpressCookieOptions
{
    public static SessionCookieOptions Read(JsonElement cookie)
    {
        // express-session's defaults: neither attribute is sent.
        var options = new SessionCookieOptions { Secure = null, SameSite = null };
        if (cookie.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return options;
        }

        if (cookie.ValueKind != JsonValueKind.Object)
        {
            throw new BadArgumentException("--options: cookie must be an object.");
        }

        foreach (var member in cookie.EnumerateObject())
        {
            Apply(member.Name, member.Value, options);
        }

        return options;
    }

    private static void Apply(string name, JsonElement value, SessionCookieOptions options)
    {
        switch (name)
        {
            // Of maxAge and expires the later one counts, whatever it says, as with JavaScript's setters.
            case "maxAge":
                options.Expires = null;
                options.MaxAge = CookieValues.Span(value);
                break;
            case "expires":
                options.MaxAge = null;
                options.Expires = CookieValues.Instant(value);
                break;
            case "path":
                options.Path = CookieValues.Text(value);
                break;
            case "domain":
                options.Domain = CookieValues.Text(value);
                break;
            case "httpOnly":
                options.HttpOnly = CookieValues.Truth(value);
                break;
            case "partitioned":
                options.Partitioned = CookieValues.Truth(value);
                break;
            case "priority":
                options.Priority = CookieValues.Priority(value);
                break;
            case "secure":
                options.Secure = CookieValues.IsAuto(value) ? SessionCookieSecure.AutoOnce : CookieValues.Truth(value) switch
                {
                    true => SessionCookieSecure.Always,
                    false => SessionCookieSecure.Never,
                    null => null,
                };
                break;
            case "sameSite":
                options.SameSite = CookieValues.IsAuto(value) ? SessionSameSite.Auto : CookieValues.SameSite(value);
                break;
        }
    }
}
