namespace ServerSessions;

/// <summary>The sessions of one user.</summary>
internal static class UserPage
{
    /// <summary>How many sessions a page has.</summary>
    public const int PageSize = 25;

    public static Markup Of(DashboardView view, string subject, UserSessionList list, int page, string? message) =>
        Layout.Page(
            view,
            Markup.Of($"""Sessions of <bdi class="name">{subject}</bdi>"""),
            Layout.Trail((view.Links.Overview, Markup.Of($"Overview"))),
            Markup.Of(
                $"""
                {Message(message)}{(list.Sessions.Count == 0 ? None(view, subject, list) : Listed(view, subject, list, page))}
                """
            )
        );

    private static Markup Message(string? message) =>
        message is null ? Markup.None : Markup.Of($"""<p class="message" role="status">{message}</p>{"\n"}""");

    private static Markup None(DashboardView view, string subject, UserSessionList list) =>
        Markup.Of(
            $"""
            <section class="card"><p class="empty">No live session.</p>
            {Missing(list)}{Layout.Search(view, subject)}</section>

            """
        );

    private static Markup Missing(UserSessionList list) =>
        list.IndexWasMissing
            ? Layout.Note(
                Markup.Of(
                    $"""
                    There is no list of this user’s sessions. The user was not signed in lately, the name is not exact, or the lists
                    were lost: then <code>IUserSessions.RebuildAsync</code> restores them.
                    """
                )
            )
            : Layout.Note(Markup.Of($"The user had sessions. They were ended, or have expired."));

    private static Markup Listed(DashboardView view, string subject, UserSessionList list, int page)
    {
        var pages = (list.Sessions.Count + PageSize - 1) / PageSize;
        var shown = Math.Clamp(page, 1, pages);
        var rows = list.Sessions.Skip((shown - 1) * PageSize).Take(PageSize).Select(session => Row(view, subject, session));
        return Markup.Of(
            $"""
            <section class="card" aria-label="Sessions">
            <div class="bar"><p>{Words.Count(list.Sessions.Count, "live session", "live sessions")}</p>{EndAll(view, subject, list)}</div>
            <table><thead><tr><th scope="col">Device</th><th scope="col">Last seen</th><th scope="col">Signed in</th>
            <th scope="col">Expires</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead><tbody>
            {Markup.Join(rows)}</tbody></table>
            {Pages(view, subject, shown, pages)}</section>

            """
        );
    }

    private static Markup Row(DashboardView view, string subject, UserSession session)
    {
        var device = session.Login.Label ?? "Unknown device";
        return Markup.Of(
            $"""
            <tr>
            <th scope="row" data-label="Device">
            <a href="{view.Links.Session(subject, session.Handle)}"><bdi>{device}</bdi></a>{Address(session)}</th>
            <td data-label="Last seen">{(session.LastSeenAt is { } seen ? Words.Ago(seen, view.Now) : Markup.Of($"not known"))}</td>
            <td data-label="Signed in">{Words.Ago(session.Login.SignedInAt, view.Now)}{Method(session)}</td>
            <td data-label="Expires">{Words.In(session.ExpiresAt, view.Now)}</td>
            <td class="actions">{End(view, subject, session, device)}</td>
            </tr>

            """
        );
    }

    private static Markup Address(UserSession session) =>
        session.Login.Address is { } address ? Markup.Of($""" <span class="help"><bdi>{address}</bdi></span>""") : Markup.None;

    private static Markup Method(UserSession session) =>
        session.Login.Method is { } method ? Markup.Of($""" <span class="help">with <bdi>{method}</bdi></span>""") : Markup.None;

    private static Markup End(DashboardView view, string subject, UserSession session, string device) =>
        view.Options.IsReadOnly
            ? Markup.None
            : Markup.Of(
                $"""
                <a class="button danger" href="{view.Links.End(new DashboardTarget(subject, session.Handle))}"
                aria-label="End session on {device}">End</a>
                """
            );

    private static Markup EndAll(DashboardView view, string subject, UserSessionList list) =>
        view.Options.IsReadOnly
            ? Markup.None
            : Markup.Of(
                $"""
                <a class="button danger" href="{view.Links.End(new DashboardTarget(subject))}">End all {list.Sessions.Count}</a>
                """
            );

    private static Markup Pages(DashboardView view, string subject, int shown, int pages) =>
        pages == 1
            ? Markup.None
            : Markup.Of(
                $"""
                <nav class="pages" aria-label="Pages">{Step(view, subject, shown - 1, pages, "Previous")}
                <span>Page {shown} of {pages}</span>
                {Step(view, subject, shown + 1, pages, "Next")}</nav>

                """
            );

    private static Markup Step(DashboardView view, string subject, int page, int pages, string text) =>
        page < 1 || page > pages
            ? Markup.None
            : Markup.Of($"""<a class="button" href="{view.Links.UserPage(subject, page)}">{text}</a>""");
}
