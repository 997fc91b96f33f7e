using Microsoft.AspNetCore.Mvc;
using ServerSessions;

namespace Demo.Pages;

/// <summary>Signs in and out. No password is asked for: an application checks one first.</summary>
internal static class SignInPage
{
    private const int LongestName = 64;

    private const string JustSignedOut = """<p role="status">You are signed out: the session is removed from the store.</p>""";

    public static IResult Show(ServerSession session, HttpRequest request) =>
        Page(
            session,
            session.Login is { } login ? SignedIn(login) : Form(request.Query.ContainsKey("signed-out") ? JustSignedOut : "")
        );

    /// <summary>
    /// Signs a user in under a new session id, so that an id that an attacker planted in the browser opens nothing. A name that does not
    /// do gets the form again, with the reason and status 400. A body that is not a form gets 415.
    /// </summary>
    public static async Task<IResult> SignInAsync([FromForm] string? user, ServerSession session, HttpResponse response)
    {
        user = user?.Trim() ?? "";
        if (Fault(user) is { } fault)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return Page(
                session,
                Form(
                    $"""<p role="alert" id="fault">{fault}</p>""",
                    $"""value="{Html.Encode(user)}" aria-invalid="true" aria-describedby="fault" """
                )
            );
        }

        await session.SignInAsync(user, new UserSignIn { Method = "a name" });
        return Results.LocalRedirect("/sign-in");
    }

    public static async Task<IResult> SignOutAsync(ServerSession session)
    {
        await session.DestroyAsync();
        return Results.LocalRedirect("/sign-in?signed-out");
    }

    private static string? Fault(string user) =>
        user.Length == 0 ? "Enter a name."
        : user.Length > LongestName ? $"This name has {user.Length} characters. Enter one of at most {LongestName}."
        : user.Any(char.IsControl) ? "This name has a line break or another control character. Enter it without."
        : null;

    private static IResult Page(ServerSession session, string body) =>
        Html.Page(
            "Sign-in",
            session,
            $"""
                <h1>A sign-out that stays</h1>
                <p>A request is still under way while you sign out. Its late save must not bring the session back.</p>
                {body}
            """
        );

    private static string SignedIn(UserLogin login) =>
        $"""
            <ol>
              <li><a class="button quiet" href="/slow" target="_blank">Open the slow request in a second tab</a></li>
              <li>Start it there, come back, and sign out here while it runs.</li>
              <li>See in the second tab what became of its save.</li>
            </ol>
            <section class="card">
              <p>Welcome, {Html.Encode(login.Subject)}. Signing in gave your session a new id and ended the old one.</p>
              <form method="post" action="/sign-out"><button>Sign out</button></form>
            </section>
        """;

    // Without maxlength: a browser cuts a pasted name in silence.
    private static string Form(string message, string attributes = "") =>
        $"""
            <section class="card">
              {message}
              <form method="post" action="/sign-in">
                <label for="user">Sign in under any name</label>
                <div class="row">
                  <input id="user" name="user" required autocomplete="username" {attributes}>
                  <button>Sign in</button>
                </div>
              </form>
            </section>
            <p>No password is asked for. Signing in keeps your clicks on <a href="/tabs">the page with two tabs</a>.</p>
        """;
}
