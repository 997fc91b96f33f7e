using System.Text.Encodings.Web;
using ServerSessions;

namespace Demo.Pages;

/// <summary>The layout of all pages.</summary>
internal static class Html
{
    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>
    /// Returns a page with the signed-in user. No cache stores it, so the browser's back button shows nothing after a sign-out.
    /// </summary>
    public static IResult Page(string title, ServerSession session, string body) =>
        Page(title, session.Get<string>("user") is { } user ? $"signed in as <b>{Encode(user)}</b>" : "not signed in", body);

    public static IResult Page(string title, string who, string body) =>
        new NotCached(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{Encode(title)} · Session demo</title>
              <link rel="icon" href="/icon.svg">
              <link rel="stylesheet" href="/style.css">
            </head>
            <body>
              <header>
                <a class="brand" href="/">Session demo</a>
                <nav>{Link("/foo", "foo", title)}{Link("/bar", "bar", title)}{Link("/session", "session", title)}</nav>
                <span class="who">{who}</span>
              </header>
              <main>
            {body}
              </main>
            </body>
            </html>
            """
        );

    private static string Link(string path, string text, string title)
    {
        var current = text.Equals(title, StringComparison.OrdinalIgnoreCase) ? " aria-current=\"page\"" : "";
        return $"<a href=\"{path}\"{current}>{text}</a>";
    }

    private sealed class NotCached(string html) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.ContentType = "text/html; charset=utf-8";
            return httpContext.Response.WriteAsync(html);
        }
    }
}
