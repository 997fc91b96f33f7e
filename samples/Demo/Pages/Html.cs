using System.Text.Encodings.Web;
using Session;

namespace Demo.Pages;

/// <summary>The frame that all pages share.</summary>
internal static class Html
{
    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    public static IResult Page(string title, ServerSession session, string body)
    {
        var user = session.Get<string>("user");
        return Results.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{Encode(title)} · Session demo</title>
              <link rel="stylesheet" href="/style.css">
            </head>
            <body>
              <header>
                <a class="brand" href="/">Session demo</a>
                <nav>{Link("/foo", "foo", title)}{Link("/bar", "bar", title)}{Link("/session", "session", title)}</nav>
                <span class="who">{(user is null ? "not signed in" : $"signed in as <b>{Encode(user)}</b>")}</span>
              </header>
              <main>
            {body}
              </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8");
    }

    private static string Link(string path, string text, string title)
    {
        var current = text.Equals(title, StringComparison.OrdinalIgnoreCase) ? " aria-current=\"page\"" : "";
        return $"<a href=\"{path}\"{current}>{text}</a>";
    }
}
