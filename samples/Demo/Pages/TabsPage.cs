using ServerSessions;

namespace Demo.Pages;

/// <summary>
/// Counts clicks that arrive in parallel, in two ways. A GET begins no session, or each robot would leave one in the store.
/// </summary>
internal static class TabsPage
{
    private const string Clicks = "clicks";
    private const string ClicksBySet = "clicks-by-set";

    public static IResult Show(ServerSession session) => Html.Page("Tabs", session, session.IsNew ? Begin : Body(session));

    /// <summary>Counts the click of a form. The first one begins the session.</summary>
    public static async Task<IResult> ClickOnceAsync(ServerSession session)
    {
        await CountAsync(session);
        return Results.LocalRedirect("/tabs");
    }

    /// <summary>Counts one of the clicks that the script sends at once.</summary>
    public static async Task<IResult> ClickAsync(ServerSession session) => Results.Json(await CountAsync(session));

    private static async Task<Numbers> CountAsync(ServerSession session)
    {
        var read = session.Get<int>(ClicksBySet);

        // In one step with what is stored: each request adds to the result of another.
        var clicks = await session.UpdateAsync<int>(Clicks, static clicks => clicks + 1);

        // To compare: the last of the requests that have read the same number wins.
        session.Set(ClicksBySet, read + 1);
        return new Numbers(clicks, read + 1);
    }

    private static string Begin =>
        """
            <h1>Two tabs, one session</h1>
            <p>Clicks that arrive at the same moment change the same session here, and none that <code>UpdateAsync</code> counts is lost.</p>
            <section class="card">
              <p>You have no session yet: looking at a page begins none, so robots leave nothing in the store.
              Your first click begins one.</p>
              <form method="post" action="/tabs"><button>Click once</button></form>
            </section>
        """;

    private static string Body(ServerSession session)
    {
        var (clicks, bySet) = (session.Get<int>(Clicks), session.Get<int>(ClicksBySet));
        return $"""
                <h1>Two tabs, one session</h1>
                <p>Clicks that arrive at the same moment change the same session here, and none that <code>UpdateAsync</code> counts is lost.</p>
                <ol>
                  <li><a class="button quiet" href="/tabs" target="_blank">Open this page in a second tab</a></li>
                  <li>Press <b>Click 20 times at once</b> in one tab. All open tabs of this page then click 20 times,
                  at the same moment.</li>
                  <li>Compare the two numbers.</li>
                </ol>
                <section class="card">
                  <div class="row">
                    <button id="burst" hidden>Click 20 times at once</button>
                    <form method="post" action="/tabs"><button class="quiet">Click once</button></form>
                  </div>
                  <p id="burst-status" role="status"></p>
                  <dl id="counts" class="counts">
                    <div><dt>Added with <code>UpdateAsync</code></dt><dd class="count">{clicks}</dd></div>
                    <div><dt>Read with <code>Get</code>, written with <code>Set</code></dt><dd class="count">{bySet}</dd></div>
                  </dl>
                  <div id="burst-numbers" hidden>
                    <h2>What each of the 20 requests made of the number</h2>
                    <p>With <code>UpdateAsync</code>:</p>
                    <p class="numbers" id="numbers-clicks"></p>
                    <p>With <code>Get</code> and <code>Set</code>; a number that two requests have written is marked:</p>
                    <p class="numbers" id="numbers-set"></p>
                  </div>
                </section>
                <p>Every request does both. <code>UpdateAsync</code> adds one in one step with what is stored. <code>Get</code> and
                <code>Set</code> write what the request has read, plus one: the last writer wins, as it does for the whole session
                if a store saves sessions as requests have read them. <b id="lost">{Lost(clicks - bySet)}</b></p>
            """;
    }

    private static string Lost(int number) =>
        number switch
        {
            0 => "Nothing is lost as long as no two requests run at once.",
            1 => "So far that has lost 1 click.",
            _ => $"So far that has lost {number} clicks.",
        };

    /// <summary>What a request has made of both numbers.</summary>
    private sealed record Numbers(int Clicks, int BySet);
}
