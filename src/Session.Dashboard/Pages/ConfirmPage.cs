namespace ServerSessions;

/// <summary>Asks before sessions are ended.</summary>
internal static class ConfirmPage
{
    /// <summary>Asks whether one session is to be ended.</summary>
    public static Markup OfOne(DashboardView view, DashboardTarget target, UserSession session)
    {
        var device = session.Login.Label ?? "Unknown device";
        return Of(
            view,
            target,
            Markup.Of($"""End the session on <bdi class="name">{device}</bdi>?"""),
            Markup.Of(
                $"""
                Signed in {Words.Ago(session.Login.SignedInAt, view.Now)}. <bdi>{target.Subject}</bdi> is signed out there
                with the next request. What is not saved is lost.
                """
            ),
            Markup.Of($"End session")
        );
    }

    /// <summary>Asks whether all sessions of a user are to be ended.</summary>
    public static Markup OfAll(DashboardView view, DashboardTarget target, int number) =>
        Of(
            view,
            target,
            Markup.Of($"""End all sessions of <bdi class="name">{target.Subject}</bdi>?"""),
            Markup.Of(
                $"""
                {Words.Count(number, "session", "sessions")} on all devices. Sign-ins under way are ended too. What is not
                saved is lost.
                """
            ),
            Markup.Of($"{(number == 1 ? "End 1 session" : $"End {number} sessions")}")
        );

    private static Markup Of(DashboardView view, DashboardTarget target, Markup heading, Markup text, Markup button) =>
        Layout.Page(
            view,
            heading,
            Layout.Trail(
                (view.Links.Overview, Markup.Of($"Overview")),
                (view.Links.User(target.Subject), Markup.Of($"<bdi>{target.Subject}</bdi>"))
            ),
            Markup.Of(
                $"""
                <section class="card"><p>{text} This cannot be undone.</p>
                <form class="bar" method="post" action="{view.Links.End(target)}">{view.Token}
                <a class="button" href="{view.Links.User(target.Subject)}">Keep</a>
                <button class="button danger solid">{button}</button>
                </form></section>

                """
            )
        );
}
