using System.Text;
using ServerSessions;

namespace Demo.Pages;

/// <summary>Shows the keys and values of the session, and a fingerprint in place of its id.</summary>
internal static class SessionPage
{
    public static string Body(ServerSession session)
    {
        var rows = new StringBuilder();
        foreach (var key in session.Keys)
        {
            session.TryGetJson(key, out var json);
            rows.Append(Row(Html.Encode(key), $"<code>{Html.Encode(Encoding.UTF8.GetString(json.Span))}</code>"));
        }

        if (session.Count == 0)
        {
            rows.Append("<tr><td colspan=\"2\">No keys yet: nothing is stored and no cookie was sent.</td></tr>");
        }

        return $"""
                <section class="card">
                  <h1>This session</h1>
                  <table>
                    {Row("Fingerprint", session.IsNew ? "–" : $"<code>{Sid.Fingerprint(session.Id)}</code>")}
                    {Row("Remaining life", session.IsNew ? "–" : Remaining(session.Cookie.MaxAge))}
                  </table>
                  <h2>Keys</h2>
                  <table>{rows}</table>
                </section>
            """;
    }

    private static string Row(string name, string value) => $"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>";

    private static string Remaining(TimeSpan? maxAge) =>
        maxAge is { } left
            ? $"{(int)left.TotalMinutes} min {left.Seconds:00} s, renewed by each request"
            : "until the browser closes";
}
