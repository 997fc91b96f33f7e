using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerSessions.Payload;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Commands;

/// <summary><c>show</c>: one session. Its values only if they were asked for.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Session = new("session")
    {
        Description = "At least 6 digits of what 'ls' shows, or an id as the store has it.",
    };

    private static readonly Option<bool> Values = new("--values") { Description = "Show the values too. They may be personal data." };
    private static readonly Option<bool> FullIds = new("--full-ids") { Description = "Show the id as the store has it." };

    public static Command Create() =>
        new Command("show", "Show one session: expiry, size, its keys, and with --values their values.").Runs(
            RunAsync,
            Session,
            Values,
            FullIds
        );

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var store = await invocation.OpenAsync();
        var entry = (await new SessionFinder(store).FindAsync([invocation.Get(Session)], invocation.Token))[0];
        var now = TimeProvider.System.GetUtcNow();
        var content = store.Read(entry);
        var view = SessionView.Of(entry, content, invocation.Get(FullIds), now);
        var members = content.Document is { } document ? Members(document, invocation.Get(Values)) : [];
        invocation.Report.Data(new Details(view, content.Document is null ? null : Parse(content.Document.CookieJson), members));
        var kind = Explain(view.Kind) + (content.IsOpened ? ", encrypted at rest" : $" {content.Sealing?.Explain(store.Keys)}").TrimEnd();
        Print(invocation.Report, view, kind, members, now);
        return ExitCodes.Success;
    }

    private static void Print(Report report, SessionView view, string kind, IReadOnlyList<Member> members, DateTimeOffset now)
    {
        Line("session", view.Session);
        Line("id", view.Id);
        Line("kind", kind);
        Line("user", view.User);
        Line("handle", view.Handle);
        Line("device", view.Device);
        Line("expires", view.Expires is { } expires ? $"{Words.Until(expires, now)} ({Words.Utc(expires)})" : "never");
        Line("size", Words.Bytes(view.Bytes));
        if (view.Kind == SessionKind.Sealed)
        {
            // The only member is what encryption has made of all of them.
            return;
        }

        Line("keys", members.Count == 0 ? "none" : Words.Number(members.Count));
        foreach (var member in members)
        {
            var value = member.Value?.ToJsonString() ?? $"{member.Type}, {Words.Bytes(member.Bytes)}";
            report.Line($"  {PrintableText.Line(member.Name)}: {value}", indent: 4);
        }

        void Line(string name, string? text)
        {
            if (text is not null)
            {
                report.Line($"{name + ":",-10}{PrintableText.Line(text)}", indent: 10);
            }
        }
    }

    private static string Explain(SessionKind kind) =>
        kind switch
        {
            SessionKind.Session => "session",
            SessionKind.Sealed => "sealed session: who is signed in, and what it holds, is encrypted.",
            SessionKind.Tombstone => "tombstone: the session was renewed and has another id",
            _ => "unreadable: no session object",
        };

    private static Member[] Members(SessionDocument document, bool withValues) =>
        [
            .. document.Keys.Select(key =>
            {
                document.TryGetJson(key, out var json);
                return new Member(key, TypeOf(json.Span[0]), json.Length, withValues ? Parse(json) : null);
            }),
        ];

    private static string TypeOf(byte first) =>
        first switch
        {
            (byte)'{' => "object",
            (byte)'[' => "array",
            (byte)'"' => "string",
            (byte)'t' or (byte)'f' => "boolean",
            (byte)'n' => "null",
            _ => "number",
        };

    // Text that System.Text.Json does not take, such as a lone surrogate or great depth, is shown as it is.
    private static JsonNode? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span) ?? JsonValue.Create("null");
        }
        catch (JsonException)
        {
            return JsonValue.Create(Encoding.UTF8.GetString(json.Span));
        }
    }

    private sealed record Member(string Name, string Type, int Bytes, JsonNode? Value);

    private sealed record Details(SessionView Session, JsonNode? Cookie, IReadOnlyList<Member> Keys);
}
