using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>Writes pages with headers that leave nothing to a cache, another site or a script.</summary>
internal static class DashboardResponse
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task WriteAsync(HttpContext context, Markup page, int status = StatusCodes.Status200OK)
    {
        Protect(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    /// <summary>Leads to a page after a form was sent.</summary>
    public static void See(HttpContext context, string path)
    {
        Protect(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }

    private static void Protect(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
