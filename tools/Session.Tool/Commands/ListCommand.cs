using System.CommandLine;
using System.Globalization;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Commands;

/// <summary><c>ls</c>: a line for each session, as they come from the store.</summary>
internal static class ListCommand
{
    private static readonly Option<bool> FullIds = new("--full-ids")
    {
        Description = "Show ids as the store has them. An id signs in: keep the output secret.",
    };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "Stop after this many.", HelpName = "N" };
    private static readonly Option<string?> User = new("--user") { Description = "Only the sessions of this user.", HelpName = "NAME" };

    public static Command Create() =>
        new Command("ls", "List the sessions: fingerprint, kind, expiry, size, user.").Runs(
            RunAsync,
            FullIds,
            Limit,
            User,
            UsersCommand.Scan
        );

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (report, fullIds, limit) = (invocation.Report, invocation.Get(FullIds), invocation.Get(Limit));
        var store = await invocation.OpenAsync();
        var ofUser = new UserSessions(store, report);
        var count = 0;
        await foreach (var entry in await ChosenAsync(store, ofUser, invocation))
        {
            var now = TimeProvider.System.GetUtcNow();
            var content = store.Read(entry);
            if (count++ == 0)
            {
                report.Line(Row("SESSION", "KIND", "EXPIRES", "SIZE", "USER", fullIds ? "ID" : ""), Report.Strong);
            }

            var view = SessionView.Of(entry, content, fullIds, now);
            report.Data(view);
            report.Line(
                Row(view.Session, Kind(view.Kind), Words.Until(view.Expires, now), Words.Bytes(view.Bytes), view.User ?? "-", view.Id ?? "")
            );
            if (count == limit)
            {
                break;
            }
        }

        ofUser.TellSealed();
        report.Remark(
            limit > 0 && count == limit ? $"{Words.Count(count, "session")}, and maybe more." : $"{Words.Count(count, "session")}."
        );
        return ExitCodes.Success;
    }

    private static async Task<IAsyncEnumerable<SessionEntry>> ChosenAsync(OpenedStore store, UserSessions ofUser, Invocation invocation)
    {
        if (invocation.Get(User) is not { } user)
        {
            return store.Enumerable.AllAsync(invocation.Token);
        }

        var list = invocation.Get(UsersCommand.Scan) ? null : await ofUser.ListOfAsync(user, invocation.Token);
        return ofUser.AllAsync(user, list, invocation.Token);
    }

    private static string Kind(SessionKind kind) => kind.ToString().ToLowerInvariant();

    // 8 + 10 + 12 + 10 + user: within 80 columns for a user of up to 32 characters.
    private static string Row(string session, string kind, string expires, string size, string user, string id) =>
        string.Create(
                CultureInfo.InvariantCulture,
                $"{session,-8}  {kind,-10}  {expires,-14}  {size,9}  {(id.Length > 0 ? user.PadRight(20) : user)}  {id}"
            )
            .TrimEnd();
}
