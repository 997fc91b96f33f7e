using Session;

namespace Demo.Pages;

/// <summary>express-session's own example: views counted per path.</summary>
internal static class CounterPage
{
    public static string Body(ServerSession session, string path)
    {
        var views = session.Get<Dictionary<string, int>>("views") ?? [];
        views[path] = views.GetValueOrDefault(path) + 1;
        session.Set("views", views);
        var times = views[path] == 1 ? "time" : "times";

        return $"""
                  <section class="card">
                    <p class="count">{views[path]}</p>
                    <p>You viewed <code>{path}</code> {views[path]} {times} in this session.</p>
                    <p class="row"><a class="button" href="{path}">View it again</a></p>
                  </section>
              """;
    }
}
