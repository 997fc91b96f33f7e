using System.Text.Encodings.Web;
using ServerSessions;

namespace Demo.Pages;

/// <summary>The layout of all pages.</summary>
internal static class Html
{
    private static readonly (string Path, string Title)[] Links =
    [
        ("/tabs", "Tabs"),
        ("/sign-in", "Sign-in"),
        ("/devices", "Devices"),
        ("/store", "Store"),
        ("/session", "Session"),
    ];

    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>
    /// Returns a page with the signed-in user. No cache stores it, so the browser's back button shows nothing after a sign-out.
    /// </summary>
    public static IResult Page(string title, ServerSession session, string body) =>
        Page(title, session.Login is { } login ? $"signed in as <b>{Encode(login.Subject)}</b>" : "not signed in", body);

    /// <summary>Returns a page of a request without a session.</summary>
    public static IResult Page(string title, string who, string body) =>
        new NotCached(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{Encode(title)} · Session demo</title>
              <link rel="icon" href="/icon.svg">
              <link rel="stylesheet" href="/style.css">
              <script src="/demo.js" defer></script>
            </head>
            <body>
              <header>
                <div class="bar">
                  <a class="brand" href="/">Session demo</a>
                  <nav>{string.Concat(Links.Select(link => Link(link.Path, link.Title, title)))}</nav>
                  <span class="who">{who}</span>
                </div>
              </header>
              <main>
            {body}
              </main>
            </body>
            </html>
            """
        );

    private static string Link(string path, string text, string title) =>
        $"<a href=\"{path}\"{(text == title ? " aria-current=\"page\"" : "")}>{text}</a>";

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
