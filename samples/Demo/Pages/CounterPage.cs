using ServerSessions;

namespace Demo.Pages;

/// <summary>
/// Counts views per path, as in the example of express-session. A GET begins no session, or each robot would leave one in the store.
/// </summary>
internal static class CounterPage
{
    public static string Body(ServerSession session, string path)
    {
        if (session.IsNew)
        {
            return $"""
                    <section class="card">
                      <h1>No views counted yet</h1>
                      <p>You have no session. Viewing a page begins none, so robots leave nothing in the store.</p>
                      <form method="post" action="{path}"><button>Count my views</button></form>
                    </section>
                """;
        }

        var views = session.Get<Dictionary<string, int>>("views") ?? [];
        views[path] = views.GetValueOrDefault(path) + 1;
        session.Set("views", views);
        var times = views[path] == 1 ? "time" : "times";

        return $"""
                <section class="card">
                  <p class="count">{views[path]}</p>
                  <p>You viewed <code>{path}</code> {views[path]} {times} in this session.</p>
                  <p><a class="button" href="{path}">View it again</a></p>
                </section>
            """;
    }

    /// <summary>Begins a session and redirects to the page, which counts the first view.</summary>
    public static IResult Start(ServerSession session, string path)
    {
        if (session.IsNew)
        {
            session.Set("views", new Dictionary<string, int>());
        }

        return Results.Redirect(path);
    }
}
