using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Rules;

/// <summary>
/// express-session's table of what is stored and which cookie is sent, on the decision alone: no server, no store. What the same table does
/// over HTTP is in <see cref="CommitRuleTests"/>.
/// </summary>
public sealed class CommitDecisionTests
{
    private const string Sid = "the session's id";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionRecord Record = new("{}"u8, Now.AddHours(1));

    // Columns: what the request came with; what it did; the options that differ from the defaults; the decision.
    // known: the store has the cookie's session. none: no cookie. unknown: a cookie whose session the store does not have.
    [Theory]
    // A new session.
    [InlineData("none", "", "", "Nothing None")]
    [InlineData("unknown", "", "", "Nothing None")]
    [InlineData("none", "modified", "", "Save SetCookie")]
    [InlineData("unknown", "modified", "", "Save SetCookie")]
    [InlineData("none", "", "saveUninitialized", "Save SetCookie")]
    [InlineData("unknown", "", "saveUninitialized", "Save SetCookie")]
    [InlineData("none", "modified", "saveUninitialized", "Save SetCookie")]
    [InlineData("none", "", "resave", "Nothing None")]
    [InlineData("none", "", "rolling", "Nothing None")]
    [InlineData("none", "modified", "rolling", "Save SetCookie")]
    [InlineData("none", "", "saveUninitialized rolling resave", "Save SetCookie")]
    // A known session.
    [InlineData("known", "", "", "Touch None")]
    [InlineData("known", "", "saveUninitialized", "Touch None")]
    [InlineData("known", "", "resave", "Save None")]
    [InlineData("known", "", "rolling", "Touch SetCookie")]
    [InlineData("known", "", "resave rolling", "Save SetCookie")]
    [InlineData("known", "modified", "", "Save SetCookie")]
    [InlineData("known", "modified", "resave", "Save SetCookie")]
    [InlineData("known", "modified", "rolling", "Save SetCookie")]
    // A cookie without an expiry ends with the browser, and is sent again only with rolling.
    [InlineData("known", "no-expiry", "", "Touch None")]
    [InlineData("known", "no-expiry modified", "", "Save None")]
    [InlineData("known", "no-expiry", "rolling", "Touch SetCookie")]
    [InlineData("known", "no-expiry modified", "rolling", "Save SetCookie")]
    [InlineData("none", "no-expiry modified", "", "Save SetCookie")]
    // A store that cannot touch, and a session that was touched a short time ago.
    [InlineData("known", "", "no-touch", "Nothing None")]
    [InlineData("known", "", "no-touch rolling", "Nothing SetCookie")]
    [InlineData("known", "modified", "no-touch", "Save SetCookie")]
    [InlineData("known", "fresh", "", "Nothing None")]
    [InlineData("known", "fresh", "rolling", "Touch SetCookie")]
    [InlineData("known", "fresh modified", "", "Save SetCookie")]
    [InlineData("known", "fresh", "resave", "Save None")]
    // A new id.
    [InlineData("known", "new-id", "", "Save SetCookie")]
    [InlineData("known", "new-id", "rolling", "Save SetCookie")]
    [InlineData("known", "new-id no-expiry", "", "Save SetCookie")]
    [InlineData("none", "new-id", "", "Save SetCookie")]
    // Saved by the application. A change after that is saved again, but no other.
    [InlineData("none", "modified saved", "", "Nothing SetCookie")]
    [InlineData("none", "saved", "", "Nothing None")]
    [InlineData("none", "modified saved modified", "", "Save SetCookie")]
    [InlineData("known", "modified saved", "", "Touch SetCookie")]
    [InlineData("known", "saved", "", "Touch None")]
    [InlineData("known", "saved", "resave", "Touch None")]
    [InlineData("known", "modified saved", "no-touch", "Nothing SetCookie")]
    [InlineData("known", "modified saved modified", "", "Save SetCookie")]
    [InlineData("known", "modified saved new-max-age", "", "Touch SetCookie")]
    [InlineData("known", "new-id saved", "", "Save SetCookie")]
    // A second run of the commit does only what has changed since.
    [InlineData("none", "modified committed", "", "Nothing SetCookie")]
    [InlineData("none", "modified committed modified", "", "Save SetCookie")]
    [InlineData("none", "modified committed new-max-age", "", "Save SetCookie")]
    [InlineData("none", "modified committed saved new-max-age", "", "Nothing SetCookie")]
    [InlineData("none", "modified committed reloaded", "", "Save SetCookie")]
    [InlineData("known", "modified committed", "", "Nothing SetCookie")]
    [InlineData("known", "touched", "", "Nothing None")]
    [InlineData("known", "touched", "rolling", "Nothing SetCookie")]
    [InlineData("known", "touched new-max-age", "", "Touch None")]
    [InlineData("known", "touched modified", "", "Save SetCookie")]
    [InlineData("known", "new-id committed", "", "Nothing SetCookie")]
    // The cookie over http and https. Held back: Secure, but the request came over http.
    [InlineData("known", "held-back", "rolling", "Touch SetCookie")]
    [InlineData("known", "held-back fresh", "rolling", "Nothing SetCookie")]
    [InlineData("known", "becomes-secure", "rolling", "Save SetCookie")]
    [InlineData("known", "becomes-secure", "", "Touch None")]
    [InlineData("known", "becomes-secure touched", "rolling", "Save SetCookie")]
    // After the headers no cookie can be sent.
    [InlineData("known", "headers-sent fresh", "rolling", "Nothing SetCookie")]
    [InlineData("known", "headers-sent becomes-secure", "rolling", "Touch SetCookie")]
    [InlineData("none", "headers-sent modified", "", "Save SetCookie")]
    // An endpoint that can only read: nothing is stored, and no cookie is sent to a browser without it.
    [InlineData("known", "read-only", "", "Touch None")]
    [InlineData("known", "read-only", "rolling", "Touch SetCookie")]
    [InlineData("known", "read-only", "resave", "Touch None")]
    [InlineData("known", "read-only modified", "", "Touch None")]
    [InlineData("known", "read-only fresh", "", "Nothing None")]
    [InlineData("known", "read-only becomes-secure", "rolling", "Touch SetCookie")]
    [InlineData("known", "read-only", "no-touch", "Nothing None")]
    [InlineData("none", "read-only", "saveUninitialized rolling", "Nothing None")]
    [InlineData("unknown", "read-only", "saveUninitialized rolling", "Nothing None")]
    // A session that an earlier step has stored, such as an import: the browser needs its cookie.
    [InlineData("none", "read-only at-rest modified", "", "Nothing SetCookie")]
    // An endpoint that does not extend: no touch, and no cookie that is there already.
    [InlineData("known", "keeps-expiry", "", "Nothing None")]
    [InlineData("known", "keeps-expiry", "rolling", "Nothing None")]
    [InlineData("known", "keeps-expiry", "resave", "Nothing None")]
    [InlineData("known", "keeps-expiry modified", "rolling", "Save None")]
    [InlineData("known", "keeps-expiry new-id", "", "Save SetCookie")]
    [InlineData("known", "keeps-expiry read-only", "rolling", "Nothing None")]
    // Detached: req.session = null.
    [InlineData("known", "unset", "", "Nothing None")]
    [InlineData("known", "unset", "clear-cookie", "Nothing None")]
    [InlineData("known", "unset", "unset-destroys", "Destroy None")]
    [InlineData("known", "unset", "unset-destroys clear-cookie", "Destroy ClearCookie")]
    [InlineData("none", "unset", "unset-destroys clear-cookie", "Destroy None")]
    [InlineData("known", "unset-and-destroyed", "unset-destroys clear-cookie", "Nothing ClearCookie")]
    [InlineData("known", "modified unset", "resave rolling saveUninitialized", "Nothing None")]
    // Destroyed: by the application, with and without the store's acknowledgement, and by another request.
    [InlineData("known", "destroyed", "", "Nothing None")]
    [InlineData("known", "destroyed", "clear-cookie", "Nothing ClearCookie")]
    [InlineData("none", "destroyed", "clear-cookie", "Nothing None")]
    [InlineData("known", "destroyed", "unset-destroys clear-cookie", "Nothing ClearCookie")]
    [InlineData("known", "ending", "clear-cookie", "Nothing None")]
    [InlineData("known", "modified gone", "clear-cookie resave rolling", "Nothing None")]
    public void The_decision_is_that_of_the_table(string request, string deeds, string options, string expected) =>
        Assert.Equal(expected, Decide(request, deeds.Split(' '), options.Split(' ')));

    [Fact]
    public void An_id_that_the_application_returns_for_a_cookie_whose_session_is_gone_is_stored()
    {
        // GenerateSid may return the id of the cookie, which the store does not have: a new session that the browser has a cookie of.
        var session = New(isFound: false);
        var decision = CommitDecision.Of(
            SessionHistory.Of(session),
            session,
            new CommitCircumstances
            {
                CookieSid = Sid,
                CanSendCookie = true,
                CanTouch = true,
                IsFresh = static _ => false,
            },
            new ServerSessionOptions()
        );

        Assert.Equal(new CommitDecision(StoreAction.Save, CookieAction.None), decision);
    }

    private static string Decide(string request, string[] deeds, string[] options)
    {
        var session = New(isFound: request == "known");
        var history = SessionHistory.Of(session);
        foreach (var deed in deeds)
        {
            (session, history) = After(deed, session, history);
        }

        var absence = deeds[^1] switch
        {
            "unset" => SessionAbsence.Unset,
            "unset-and-destroyed" => SessionAbsence.UnsetAndDestroyed,
            "destroyed" => SessionAbsence.Destroyed,
            "ending" => SessionAbsence.Ending,
            "gone" => SessionAbsence.Gone,
            _ => SessionAbsence.None,
        };
        var decision = CommitDecision.Of(
            history,
            absence == SessionAbsence.None ? session : null,
            new CommitCircumstances
            {
                Absence = absence,
                CookieSid = request switch
                {
                    "known" => Sid,
                    "unknown" => "an id that the store does not have",
                    _ => null,
                },
                CanSendCookie = !deeds.Contains("headers-sent"),
                IsHeldBack = deeds.Contains("held-back"),
                BecomesSecure = deeds.Contains("becomes-secure"),
                IsReadOnly = deeds.Contains("read-only"),
                CanTouch = !options.Contains("no-touch"),
                IsFresh = _ => deeds.Contains("fresh"),
            },
            new ServerSessionOptions
            {
                SaveUninitialized = options.Contains("saveUninitialized"),
                Resave = options.Contains("resave"),
                Rolling = options.Contains("rolling"),
                Unset = options.Contains("unset-destroys") ? SessionUnset.Destroy : SessionUnset.Keep,
                ClearCookieOnDestroy = options.Contains("clear-cookie"),
            }
        );
        return $"{decision.Store} {decision.Cookie}";
    }

    private static (SessionState Session, SessionHistory History) After(string deed, SessionState session, SessionHistory history)
    {
        switch (deed)
        {
            case "modified":
                session.Document.SetJson("n", System.Text.Encoding.UTF8.GetBytes($"{session.Document.ContentLength}"));
                return (session, history);
            case "new-max-age":
                session.Cookie.MaxAge = TimeSpan.FromDays(2);
                return (session, history);
            case "no-expiry":
                session.Cookie.MaxAge = null;
                return (session, history);
            case "new-id":
                return (session.RenewedAs("another id", "another key", session.AtRest), history);
            case "reloaded":
                return (session.StoredAs(new SessionRecord("{}"u8, Now.AddHours(2))), history);
            case "at-rest":
                return (session.StoredAs(Record), history);
            case "keeps-expiry":
                return (session with { KeepsExpiry = true }, history);
            case "saved":
                session = session.StoredAs(new SessionRecord("{}"u8, Now.AddHours(1)));
                return (session, Stored(StoredBy.Application, isCommitted: false));
            case "committed":
                session = session.StoredAs(new SessionRecord("{}"u8, Now.AddHours(1)));
                return (session, Stored(StoredBy.Commit, isCommitted: true));
            case "touched":
                return (session, Stored(StoredBy.Earlier, isCommitted: true));
            default:
                return (session, history);
        }

        SessionHistory Stored(StoredBy by, bool isCommitted) =>
            history with
            {
                Stored = LastStored.Of(session, by, isCommitted, isGone: false, history.Stored?.Document ?? history.Original),
            };
    }

    private static SessionState New(bool isFound) =>
        new(
            Sid,
            Sid,
            new SessionDocument("{}"u8.ToArray()),
            new SessionCookie(new FakeTimeProvider(Now)) { MaxAge = TimeSpan.FromHours(1) }
        )
        {
            AtRest = isFound ? Record : null,
            IsNew = !isFound,
        };
}
