using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using ServerSessions;

namespace Demo.Pages;

/// <summary>Shows which store the demo runs on, and the switch that takes it away.</summary>
internal static class StorePage
{
    public static IResult Show(
        HttpContext context,
        ISessionStore store,
        IAntiforgery antiforgery,
        [FromServices] StoreSwitch? @switch
    ) =>
        Html.Page(
            "Store",
            who: "",
            $"""
                <h1>A store that goes away</h1>
                <p>If the store cannot be reached, a visitor with a session gets a page that says so, with status 503 and
                <code>Retry-After</code>. No one gets an empty session, and no one is signed out.</p>
                <section class="card">
                  {Switch(@switch, Html.Encode(store.Backend), () => Token(antiforgery.GetAndStoreTokens(context)))}
                </section>
                <h2>Another store</h2>
                <p>This demo runs on <b>{Html.Encode(store.Backend)}</b>. One key of the configuration names the store.
                Stop the demo, and start it with another one:</p>
                <pre><code>ServerSessions__Store=redis://localhost dotnet run --project samples/Demo</code></pre>
                <p>Other values: <code>postgres://user:password@localhost/db</code>, <code>mysql://user:password@localhost/db</code>,
                <code>mongodb://localhost/db</code>, <code>file:sessions</code>, <code>sqlite:sessions.db</code>, <code>memory:</code>.</p>
            """
        );

    private static string Switch(StoreSwitch? @switch, string backend, Func<string> token) =>
        @switch switch
        {
            null => $"<p>The store is {backend}. The switch is there in development alone.</p>",
            { IsAway: false } => $"""
                <p>The demo <b>uses</b> the store, {backend}. Take it away, and look at your session. If you have none yet,
                  <a href="/tabs">begin one</a> first.</p>
                  <form method="post" action="/store/away">{token()}<button>Take the store away</button></form>
                """,
            { IsAway: true } => $"""
                <p>The store, {backend}, is taken <b>away</b>. See what a visitor with a session gets, and bring it back.</p>
                  <div class="row">
                    <form method="post" action="/store/back">{token()}<button>Bring the store back</button></form>
                    <a class="button quiet" href="/session">Look at your session</a>
                  </div>
                """,
        };

    private static string Token(AntiforgeryTokenSet tokens) =>
        $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{Html.Encode(tokens.RequestToken!)}\">";
}
