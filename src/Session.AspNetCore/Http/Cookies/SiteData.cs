using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>The header <c>Clear-Site-Data</c>: a list of quoted names.</summary>
internal static class SiteData
{
    public const SessionSiteData All = SessionSiteData.Cache | SessionSiteData.Cookies | SessionSiteData.Storage;

    private const string HeaderName = "Clear-Site-Data";

    /// <summary>Asks the browser to remove this data in addition to what the application asks for. Idempotent.</summary>
    public static void Clear(IHeaderDictionary headers, SessionSiteData data)
    {
        foreach (
            var (one, name) in (ReadOnlySpan<(SessionSiteData, string)>)
                [(SessionSiteData.Cache, "\"cache\""), (SessionSiteData.Cookies, "\"cookies\""), (SessionSiteData.Storage, "\"storage\"")]
        )
        {
            var there = headers[HeaderName].ToString();
            if ((data & one) != 0 && !there.Contains(name, StringComparison.Ordinal))
            {
                headers[HeaderName] = there.Length == 0 ? name : $"{there}, {name}";
            }
        }
    }
}
