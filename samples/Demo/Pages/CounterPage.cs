using ServerSessions;

namespace Demo.Pages;

/// <summary>
/// express-session's own example: views counted per path. They are counted in a session that is there. Looking at a page begins none, or
/// every robot would leave one in the store.
/// </summary>
internal static class CounterPage
{
    public static string Body(ServerSession session, string path)
    {
        if (session.IsNew)
        {
            return $"""
                    <section class="card">
                      <h1>Nothing is counted yet</h1>
                      <p>You have no session. A page that is only looked at begins none: robots leave nothing in the store.</p>
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

    /// <summary>Begins a session; the page that the browser is sent to is the first view.</summary>
    public static IResult Start(ServerSession session, string path)
    {
        if (session.IsNew)
        {
            session.Set("views", new Dictionary<string, int>());
        }

        return Results.Redirect(path);
    }
}
