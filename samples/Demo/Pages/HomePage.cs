using ServerSessions;

namespace Demo.Pages;

internal static class HomePage
{
    public static string Body(ServerSession session) =>
        session.Get<string>("user") is { } user
            ? $"""
                    <section class="card">
                      <h1>Welcome, {Html.Encode(user)}</h1>
                      <p>Signing in gave your session a new id and ended the old one. Signing out removes it from the store.</p>
                      <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
                    </section>
                """
            : """
                    <section class="card">
                      <h1>Sign in</h1>
                      <p>Enter any name. Your counts of <a href="/foo">foo</a> and <a href="/bar">bar</a> stay.</p>
                      <form method="post" action="/sign-in">
                        <label for="user">Name</label>
                        <div class="row"><input id="user" name="user" maxlength="64" required autocomplete="username"><button>Sign in</button></div>
                      </form>
                    </section>
                """;
}
