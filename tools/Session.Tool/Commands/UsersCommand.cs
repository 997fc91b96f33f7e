using System.CommandLine;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Commands;

/// <summary><c>users</c>: who is signed in, by the lists of users or by reading every session.</summary>
internal static class UsersCommand
{
    public static readonly Option<bool> Scan = new("--scan") { Description = "Read every session, not the lists of users." };

    private static readonly Option<bool> Rebuild = new("--rebuild")
    {
        Description = "Add each session that no list has to the list of its user. Reads every session.",
    };

    public static Command Create() =>
        new Command("users", "List who is signed in, and with how many sessions.").Runs(RunAsync, Scan, Rebuild);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var store = await invocation.OpenAsync();
        if (invocation.Get(Rebuild))
        {
            await RebuildAsync(store, invocation.Report, invocation.Token);
            return ExitCodes.Success;
        }

        var users = await FindAsync(store, invocation);
        Show(users, invocation.Report);
        return ExitCodes.Success;
    }

    private static async Task<SignedInUsers> FindAsync(OpenedStore store, Invocation invocation)
    {
        var report = invocation.Report;
        if (!invocation.Get(Scan))
        {
            var (lists, trouble) = await UserLists.OpenAsync(store, invocation.Token);
            var listed = lists is null ? null : await SignedInUsers.ListedAsync(lists, store, invocation.Token);
            if (listed is { Lists: > 0 })
            {
                return listed;
            }

            report.Remark($"There are no lists of users, so every session is read. {trouble}".TrimEnd());
        }

        return await SignedInUsers.ScanAsync(store, invocation.Token);
    }

    private static void Show(SignedInUsers users, Report report)
    {
        if (users.Count > 0)
        {
            report.Line($"{"SESSIONS",8}  {"UNTIL",-20}  USER", Report.Strong);
        }

        var now = TimeProvider.System.GetUtcNow();
        foreach (var user in users.All)
        {
            report.Data(
                new
                {
                    user = user.Subject,
                    sessions = user.Sessions,
                    lastExpires = Json.Instant(user.LastExpires),
                }
            );
            report.Line($"{Words.Number(user.Sessions),8}  {Words.Until(user.LastExpires, now),-20}  {user.Subject}", indent: 32);
        }

        var (count, isListed) = (Words.Count(users.Count, "user"), users.Lists > 0);
        report.Remark(
            isListed
                ? $"{count}, by {Words.Count(users.Lists, "list")}. --scan reads every session."
                : $"{count}; {Words.Count(users.Unknown, "session")} without a user, {Words.Number(users.Sealed.Count)} sealed."
        );
        if (users.Sealed.Count > 0)
        {
            var unread = Words.Count(users.Sealed.Count, isListed ? "encrypted list" : "encrypted session");
            report.Warning($"{unread} could not be looked into. {users.Sealed.Explanation}");
        }
    }

    private static async Task RebuildAsync(OpenedStore store, Report report, CancellationToken token)
    {
        await using var users = ApplicationUsers.Of(store);
        var result = await users.RebuildAsync(token);
        report.Data(
            new
            {
                examined = result.Examined,
                signedIn = result.SignedIn,
                added = result.Added,
            }
        );
        report.Line(
            $"read {Words.Count(result.Examined, "session")}, {Words.Number(result.SignedIn)} of users; "
                + $"added {Words.Number(result.Added)} to lists"
        );
        if (result.SignedIn < result.Examined && (await SignedInUsers.ScanAsync(store, token)).Sealed is { Count: > 0 } unread)
        {
            report.Warning($"{Words.Count(unread.Count, "encrypted session")} could not be looked into. {unread.Explanation}");
        }
    }
}
