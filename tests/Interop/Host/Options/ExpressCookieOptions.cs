using System.Text.Json;
using ServerSessions.Interop.Host.Steps;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Options;

/// <summary>
/// The member <c>cookie</c> of express-session's options: what of it options of this project say, and what only the cookie of a session
/// can.
/// </summary>
internal sealed class ExpressCookieOptions
{
    // express-session writes them at rest as they are, true beside "strict" and false beside nothing, though the header is the same.
    private static readonly string[] Spelled = ["secure", "partitioned", "sameSite"];

    private readonly List<JsonProperty> _spelled = [];

    private ExpressCookieOptions(JsonElement cookie)
    {
        if (cookie.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return;
        }

        if (cookie.ValueKind != JsonValueKind.Object)
        {
            throw new BadArgumentException("--options: cookie must be an object.");
        }

        foreach (var member in cookie.EnumerateObject())
        {
            Apply(member.Name, member.Value, Options);
        }

        _spelled.AddRange(
            cookie
                .EnumerateObject()
                .Where(static member =>
                    Spelled.Contains(member.Name) && member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                )
        );
    }

    /// <summary>The options; without a member, express-session's default: neither attribute is sent.</summary>
    public SessionCookieOptions Options { get; } = new() { Secure = SessionCookieSecure.Never, SameSite = SameSiteMode.Unspecified };

    /// <exception cref="BadArgumentException">It is no object, or a member has a value that express-session refuses.</exception>
    public static ExpressCookieOptions Read(JsonElement cookie) => new(cookie);

    /// <summary>Gives the cookie of a session that was just made the spellings of these options.</summary>
    public void Spell(SessionCookie cookie)
    {
        foreach (var member in _spelled)
        {
            CookieSteps.Set(cookie, member.Name, member.Value);
        }
    }

    private static void Apply(string name, JsonElement value, SessionCookieOptions options)
    {
        switch (name)
        {
            // Of maxAge and expires the later one counts, with any value, as with JavaScript's setters.
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
                options.HttpOnly = CookieValues.Truth(value) == true;
                break;
            case "partitioned":
                options.Partitioned = CookieValues.Truth(value) == true;
                break;
            case "priority":
                options.Priority = CookieValues.Priority(value);
                break;
            case "secure":
                options.Secure =
                    CookieValues.IsAuto(value) ? SessionCookieSecure.AutoOnce
                    : CookieValues.Truth(value) == true ? SessionCookieSecure.Always
                    : SessionCookieSecure.Never;
                break;
            case "sameSite":
                options.SameSiteAuto = CookieValues.IsAuto(value);
                options.SameSite = options.SameSiteAuto
                    ? SameSiteMode.Lax
                    : CookieValues.SameSite(value) switch
                    {
                        SessionSameSite.Lax => SameSiteMode.Lax,
                        SessionSameSite.Strict or SessionSameSite.True => SameSiteMode.Strict,
                        SessionSameSite.None => SameSiteMode.None,
                        _ => SameSiteMode.Unspecified,
                    };
                break;
        }
    }
}
