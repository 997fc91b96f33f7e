namespace ServerSessions;

/// <summary>Writes what surrounds each page: head, landmarks, heading.</summary>
internal static class Layout
{
    /// <summary>Returns a page.</summary>
    /// <param name="view">The request.</param>
    /// <param name="heading">Its heading.</param>
    /// <param name="trail">What leads back from it.</param>
    /// <param name="content">Its content.</param>
    public static Markup Page(DashboardView view, Markup heading, Markup trail, Markup content) =>
        Markup.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <title>{view.Options.Title}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{view.Links.StyleSheet}">
            </head>
            <body>
            <a class="skip" href="#main">Skip to content</a>
            <header class="top"><div class="wrap">
            <a class="brand" href="{view.Links.Overview}"><bdi>{view.Options.Title}</bdi></a>
            <span class="badge">{view.Sessions.Backend}</span>{ReadOnly(view)}
            </div></header>
            <main id="main" class="wrap">
            {trail}<h1>{heading}</h1>
            {content}</main>
            </body>
            </html>

            """
        );

    /// <summary>Returns a way back to the pages above.</summary>
    public static Markup Trail(params ReadOnlySpan<(string Path, Markup Text)> steps)
    {
        var items = new List<Markup>(steps.Length);
        foreach (var (path, text) in steps)
        {
            items.Add(Markup.Of($"""<li><a href="{path}">{text}</a></li>"""));
        }

        return Markup.Of($"""<nav aria-label="Breadcrumb"><ol class="trail">{Markup.Join(items)}</ol></nav>{"\n"}""");
    }

    /// <summary>Returns what a reader should know, or do.</summary>
    public static Markup Note(Markup text) => Markup.Of($"""<p class="note">{text}</p>{"\n"}""");

    /// <summary>Returns the form that searches for a user.</summary>
    public static Markup Search(DashboardView view, string? subject = null) =>
        Markup.Of(
            $"""
            <form class="search" method="post" action="{view.Links.Search}" role="search">{view.Token}
            <label for="subject">User</label>
            <div class="field"><input id="subject" name="subject" value="{subject}" required maxlength="512" dir="auto"
            autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="subject-help">
            <button class="button primary">Find sessions</button></div>
            <p class="help" id="subject-help">Exactly as the application signs the user in. The search costs one read of the
            user’s list, and one for each session.</p>
            </form>

            """
        );

    private static Markup ReadOnly(DashboardView view) =>
        view.Options.IsReadOnly ? Markup.Of($""" <span class="badge">Read-only</span>""") : Markup.None;
}
