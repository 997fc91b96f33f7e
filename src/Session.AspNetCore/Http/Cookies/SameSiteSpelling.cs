using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>Converts ASP.NET Core's SameSite values to express-session's, which have two for "strict" and two for "not sent".</summary>
internal static class SameSiteSpelling
{
    public static SessionSameSite? Of(SameSiteMode mode) =>
        mode switch
        {
            SameSiteMode.None => SessionSameSite.None,
            SameSiteMode.Lax => SessionSameSite.Lax,
            SameSiteMode.Strict => SessionSameSite.Strict,
            _ => null,
        };
}
