using System.Globalization;

namespace ServerSessions;

/// <summary>
/// Writes the list of a user's sessions as HTML. Everything that a client has sent is encoded, and isolated from the text around it.
/// </summary>
internal sealed class UserSessionMarkup(UserSessionTexts texts, DateTimeOffset now)
{
    /// <summary>Returns the list with its heading and buttons.</summary>
    /// <param name="list">The sessions.</param>
    /// <param name="form">The links, the token, and the proofs.</param>
    /// <param name="message">The result of what was ended.</param>
    /// <param name="level">The level of the heading.</param>
    public Markup Part(UserSessionList list, UserSessionForm form, string? message, int level) =>
        Markup.Of(
            $"""
            <section class="session-devices" aria-labelledby="session-devices-title">
            <h{level} class="session-devices-title" id="session-devices-title">{texts.Title}</h{level}>
            {Line("introduction", texts.Introduction)}{Message(message)}<ul class="session-devices-list">
            {Markup.Join(list.Sessions.Select(session => Item(session, form)))}</ul>
            {EndOthers(list, form)}</section>

            """
        );

    private static Markup Message(string? message) =>
        message is null
            ? Markup.None
            : Markup.Of($"""<p class="session-devices-message" role="status">{message}</p>{"\n"}""");

    private static Markup Line(string name, string text) =>
        text.Length == 0 ? Markup.None : Markup.Of($"""<p class="session-devices-{name}">{text}</p>{"\n"}""");

    private Markup Item(UserSession session, UserSessionForm form)
    {
        var device = session.Login.Label ?? texts.UnknownDevice;
        var current = session.IsCurrent ? " session-devices-current" : "";
        return Markup.Of(
            $"""
            <li class="session-devices-item{current}">
            <div class="session-devices-about">
            <p class="session-devices-label"><bdi>{device}</bdi>{Badge(session)}</p>
            <p class="session-devices-facts">{Facts(session)}</p>
            </div>
            {(session.IsCurrent ? SignOut(form) : End(session, device, form))}</li>

            """
        );
    }

    private Markup Badge(UserSession session) =>
        session.IsCurrent ? Markup.Of($""" <span class="session-devices-this">{texts.ThisDevice}</span>""") : Markup.None;

    private Markup Facts(UserSession session)
    {
        var facts = new List<Markup>(3);
        if (session.IsCurrent)
        {
            facts.Add(Markup.Of($"{texts.ActiveNow}"));
        }
        else if (session.LastSeenAt is { } seen)
        {
            facts.Add(Time(seen, Seen(seen)));
        }

        facts.Add(Time(session.Login.SignedInAt, SignedIn(session.Login)));
        if (session.Login.Address is { } address)
        {
            facts.Add(Markup.Of($"<bdi>{address}</bdi>"));
        }

        return Markup.Join(facts.Select((fact, i) => i == 0 ? fact : Markup.Of($" · {fact}")));
    }

    private string Seen(DateTimeOffset at) =>
        (now - at) switch
        {
            { TotalMinutes: < 5 } => texts.ActiveNow,
            { TotalHours: < 1 } passed => Format(texts.MinutesAgo, (int)passed.TotalMinutes),
            { TotalHours: < 2 } => texts.HourAgo,
            { TotalDays: < 1 } passed => Format(texts.HoursAgo, (int)passed.TotalHours),
            _ => Format(texts.LastActive, Date(at)),
        };

    private string SignedIn(UserLogin login) =>
        login.Method is { } method
            ? Format(texts.SignedInWith, Date(login.SignedInAt), method)
            : Format(texts.SignedIn, Date(login.SignedInAt));

    private string Date(DateTimeOffset at) => at.UtcDateTime.ToString(texts.DateFormat, CultureInfo.CurrentCulture);

    private static Markup Time(DateTimeOffset at, string text) =>
        MarkupTime.Of(at, text);

    private Markup End(UserSession session, string device, UserSessionForm form) =>
        Markup.Of(
            $"""
            <form class="session-devices-form" method="post" action="{form.EndPath}">{form.Token}
            <input type="hidden" name="handle" value="{session.Handle}">
            <input type="hidden" name="proof" value="{form.ProofOf(session.Handle)}">
            <button class="session-devices-button" aria-label="{Format(texts.EndOf, device)}">{texts.End}</button>
            </form>

            """
        );

    private Markup SignOut(UserSessionForm form) =>
        form.SignOutPath is { } path
            ? Markup.Of(
                $"""
                <form class="session-devices-form" method="post" action="{path}">{form.Token}
                <button class="session-devices-button">{texts.SignOut}</button>
                </form>

                """
            )
            : Markup.None;

    private Markup EndOthers(UserSessionList list, UserSessionForm form) =>
        list.Sessions.Any(static session => !session.IsCurrent)
            ? Markup.Of(
                $"""
                <form class="session-devices-others" method="post" action="{form.EndOthersPath}">{form.Token}
                <button class="session-devices-button session-devices-button-all">{texts.EndOthers}</button>
                </form>

                """
            )
            : Markup.None;

    private static string Format(string format, params ReadOnlySpan<object?> values) =>
        string.Format(CultureInfo.CurrentCulture, format, values);
}

/// <summary>What the forms of the list send, and where to.</summary>
/// <param name="Token">The hidden field with the antiforgery token.</param>
/// <param name="EndPath">Where one session is ended.</param>
/// <param name="EndOthersPath">Where all others are ended.</param>
/// <param name="SignOutPath">Where the application signs out.</param>
/// <param name="ProofOf">Returns the proof that a handle was listed for this user.</param>
internal sealed record UserSessionForm(
    Markup Token,
    string EndPath,
    string EndOthersPath,
    string? SignOutPath,
    Func<string, string> ProofOf
);
