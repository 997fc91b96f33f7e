using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>The plain page of a user's sessions, for an application that has none of its own. It has no script.</summary>
internal static class UserSessionPage
{
    public static readonly EmbeddedAsset StyleSheet = new(typeof(UserSessionPage).Assembly, "devices.css", "text/css");

    private const string Policy =
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task WriteAsync(HttpContext context, string title, string styleSheet, IHtmlContent content)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.ContentType = "text/html; charset=utf-8";
        var page = Markup.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title}</title>
            <link rel="stylesheet" href="{styleSheet}">
            </head>
            <body>
            <main class="session-devices-page">
            {Content(content)}</main>
            </body>
            </html>

            """
        );
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    private static Markup Content(IHtmlContent content) => Markup.Encoded(content.ToString()!);
}
