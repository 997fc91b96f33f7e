namespace ServerSessions;

/// <summary>The life of one session: its times, its size, and the names and sizes of its keys.</summary>
internal static class SessionPage
{
    public static Markup Of(DashboardView view, string subject, UserSessionDetails details)
    {
        var (session, login) = (details.Session, details.Session.Login);
        var device = login.Label ?? "Unknown device";
        return Layout.Page(
            view,
            Markup.Of($"""<bdi class="name">{device}</bdi>"""),
            Layout.Trail(
                (view.Links.Overview, Markup.Of($"Overview")),
                (view.Links.User(subject), Markup.Of($"<bdi>{subject}</bdi>"))
            ),
            Markup.Of(
                $"""
                <section class="card" aria-labelledby="life"><h2 id="life">Life</h2>
                <dl class="facts">
                {Fact("User", Markup.Of($"<bdi>{subject}</bdi>"))}
                {Fact("Created", Created(view, details))}
                {Fact("Signed in", SignedIn(view, login))}
                {Authenticated(view, login)}
                {Fact("Last seen", Seen(view, session))}
                {Fact("Expires", Expires(view, session))}
                {Address(login)}</dl>
                {End(view, subject, session, device)}</section>
                <section class="card" aria-labelledby="content"><h2 id="content">Content</h2>
                <dl class="facts">{Fact("Size in the store", Markup.Of($"{Words.Size(details.Size)}"))}{Fact("At rest", AtRest(view))}</dl>
                {Keys(details)}</section>

                """
            )
        );
    }

    private static Markup Fact(string name, Markup value) => Markup.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");

    private static Markup Created(DashboardView view, UserSessionDetails details) =>
        details.CreatedAt is { } at ? Words.Both(at, view.Now) : Markup.Of($"""not kept: it is with <code>AbsoluteTimeout</code>""");

    private static Markup SignedIn(DashboardView view, UserLogin login) =>
        login.Method is { } method
            ? Markup.Of($"{Words.Both(login.SignedInAt, view.Now)}, with <bdi>{method}</bdi>")
            : Words.Both(login.SignedInAt, view.Now);

    private static Markup Authenticated(DashboardView view, UserLogin login) =>
        login.AuthenticatedAt is { } at && at != login.SignedInAt ? Fact("Authenticated", Words.Both(at, view.Now)) : Markup.None;

    private static Markup Seen(DashboardView view, UserSession session) =>
        session.LastSeenAt is { } at
            ? Markup.Of($"""{Words.Both(at, view.Now)} <span class="help">exact to the touch throttle</span>""")
            : Markup.Of($"not known: the expiry does not tell");

    private static Markup Expires(DashboardView view, UserSession session) =>
        session.ExpiresAt is { } at
            ? Markup.Of(
                $"""
                {Words.In(at, view.Now)} <span class="exact">{MarkupTime.Exact(at)}</span>
                <span class="help">if it is not used again</span>
                """
            )
            : Markup.Of($"not known");

    private static Markup Address(UserLogin login) =>
        login.Address is { } address ? Fact("Address", Markup.Of($"<bdi>{address}</bdi>")) : Markup.None;

    private static Markup AtRest(DashboardView view) =>
        Markup.Of($"{(view.Sessions.IsEncrypted ? "encrypted; the sizes of keys are those after decryption" : "not encrypted")}");

    private static Markup Keys(UserSessionDetails details) =>
        details.Keys.Count == 0
            ? Markup.Of($"""<p class="empty">The session has no keys.</p>{"\n"}""")
            : Markup.Of(
                $"""
                <table><thead><tr><th scope="col">Key</th><th scope="col">Size</th><th scope="col">Kept by</th></tr></thead><tbody>
                {Markup.Join(details.Keys.Select(Key))}</tbody></table>
                <p class="help">Values are not shown.</p>

                """
            );

    private static Markup Key(UserSessionKey key) =>
        Markup.Of(
            $"""
            <tr><th scope="row" data-label="Key"><code><bdi>{key.Name}</bdi></code></th>
            <td class="tight" data-label="Size">{Words.Size(key.Size)}</td>
            <td class="tight" data-label="Kept by">{(key.IsReserved ? "the library" : "the application")}</td></tr>

            """
        );

    private static Markup End(DashboardView view, string subject, UserSession session, string device) =>
        view.Options.IsReadOnly
            ? Markup.None
            : Markup.Of(
                $"""
                <p class="bar"><a class="button danger" href="{view.Links.End(new DashboardTarget(subject, session.Handle))}">
                <span>End session on <bdi>{device}</bdi></span></a></p>

                """
            );
}
