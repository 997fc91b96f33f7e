using System.Text;
using ServerSessions;

namespace Demo.Pages;

/// <summary>Shows the keys and values of the session, and a fingerprint in place of its id.</summary>
internal static class SessionPage
{
    public static IResult Show(ServerSession session) =>
        Html.Page(
            "Session",
            session,
            $"""
                <h1>This session</h1>
                <p>What the store has of you. The browser has the id alone, in a signed cookie; this page shows a fingerprint of it.</p>
                <section class="card">
                  {(session.IsNew ? Nothing : Facts(session))}
                </section>
            """
        );

    private const string Nothing =
        """<p>No keys yet: nothing is stored and no cookie was sent. A <a href="/tabs">click</a> begins a session.</p>""";

    private static string Facts(ServerSession session)
    {
        var keys = new StringBuilder();
        foreach (var key in session.Keys)
        {
            session.TryGetJson(key, out var json);
            keys.Append(Row(Html.Encode(key), $"<code>{Html.Encode(Encoding.UTF8.GetString(json.Span))}</code>"));
        }

        return $"""
            <table>
                    {Row("Fingerprint", $"<code>{Sid.Fingerprint(session.Id)}</code>")}
                    {Row("Remaining life", Remaining(session.Cookie.MaxAge))}
                  </table>
                  <h2>Keys</h2>
                  <table>{keys}</table>
            """;
    }

    private static string Row(string name, string value) => $"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>";

    private static string Remaining(TimeSpan? maxAge) =>
        maxAge is { } left
            ? $"{(int)left.TotalMinutes} min {left.Seconds:00} s, renewed by each request"
            : "until the browser closes";
}
