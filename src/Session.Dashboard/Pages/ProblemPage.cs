namespace ServerSessions;

/// <summary>Says that a page cannot be shown, and what to do.</summary>
internal static class ProblemPage
{
    public static Markup StoreFailed(DashboardView view) =>
        Of(
            view,
            "The session store does not respond",
            Markup.Of(
                $"""
                <p>{view.Sessions.Backend} failed or did not respond in time, so nothing is known about the sessions. Requests that
                need a session get 503 in the meantime. No session is ended by this.</p>
                <ol>
                <li>Check that {view.Sessions.Backend} runs, and that this host reaches it.</li>
                <li>Look in the log for the category <code>ServerSessions</code>: it has the operation and the cause.</li>
                <li>Load this page again.</li>
                </ol>

                """
            )
        );

    public static Markup NotFound(DashboardView view) =>
        Of(
            view,
            "Not found",
            Markup.Of($"<p>There is no such session any more, or the link is not of this application. Search for the user again.</p>\n")
        );

    public static Markup ReadOnly(DashboardView view) =>
        Of(view, "Read-only", Markup.Of($"<p>Sessions cannot be ended here: the dashboard is read-only.</p>\n"));

    public static Markup BadForm(DashboardView view) =>
        Of(
            view,
            "The form is not valid",
            Markup.Of(
                $"""
                <p>Its token is missing or too old, or it names no user. Nothing was done. Go back, load the page again, and repeat
                it.</p>

                """
            )
        );

    private static Markup Of(DashboardView view, string heading, Markup text) =>
        Layout.Page(
            view,
            Markup.Of($"{heading}"),
            Layout.Trail((view.Links.Overview, Markup.Of($"Overview"))),
            Markup.Of($"""<section class="card problem">{text}</section>{"\n"}""")
        );
}
