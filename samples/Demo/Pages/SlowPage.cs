using ServerSessions;

namespace Demo.Pages;

/// <summary>A request that is still under way when its visitor signs out.</summary>
internal static class SlowPage
{
    private const string Key = "slow";
    private const string SavedLate = "saved late";

    public static IResult Show(ServerSession session, HttpRequest request, IConfiguration configuration) =>
        Html.Page(
            "Slow request",
            session,
            (request.Query.ContainsKey("over"), session.IsNew) switch
            {
                (true, true) => Ended,
                (true, false) when session.Get<string>(Key) == SavedLate => Stayed,
                (_, true) => """
                    <h1>A slow request</h1>
                    <p>You have no session. <a href="/sign-in">Sign in</a> first.</p>
                """,
                _ => $"""
                    <h1>A slow request</h1>
                    <p>It reads the session, works for {Duration(configuration).TotalSeconds} seconds, and saves the session then.
                    Start it, go to the first tab, and sign out there while it runs.</p>
                    <section class="card">
                      <form method="post" action="/slow" data-seconds="{Duration(configuration).TotalSeconds}">
                        <button>Start it</button>
                      </form>
                      <p id="slow-status" role="status"></p>
                    </section>
                """,
            }
        );

    /// <summary>Saves late, and leads to a page that says what became of it: to load that page again starts nothing.</summary>
    public static async Task<IResult> SaveLateAsync(HttpContext context, ServerSession session, IConfiguration configuration)
    {
        session.Set(Key, "under way");
        await session.SaveAsync();
        await Task.Delay(Duration(configuration), context.RequestAborted);
        session.Set(Key, SavedLate);
        return Results.LocalRedirect("/slow?over");
    }

    private static TimeSpan Duration(IConfiguration configuration) => configuration.GetValue("Demo:SlowRequest", TimeSpan.FromSeconds(10));

    private const string Ended = """
            <h1>The sign-out stays</h1>
            <section class="card">
              <p>The request has saved the session, and the store has none: it ended while the request was under way.
              A save does not bring back what was ended, and sends no cookie.</p>
              <p><a class="button" href="/session">See what is left of the session</a></p>
            </section>
        """;

    private const string Stayed = """
            <h1>Saved, and no sign-out came</h1>
            <section class="card">
              <p>The session did not end while the request was under way, so its save is stored.</p>
              <p><a class="button" href="/slow">Try again, and sign out in time</a></p>
            </section>
        """;
}
