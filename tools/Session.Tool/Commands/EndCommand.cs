using System.CommandLine;
using ServerSessions.Tool.Opening;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Commands;

/// <summary><c>end</c>: signs out the users of some sessions.</summary>
internal static class EndCommand
{
    private static readonly Argument<string[]> Chosen = new("sessions")
    {
        Description = "At least 6 digits of what 'ls' shows, or ids as the store has them.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> User = new("--user")
    {
        Description = "All sessions of this user, and sign-ins under way.",
        HelpName = "NAME",
    };

    public static Command Create() =>
        new Command("end", "End sessions. Asks if there are several.").Runs(
            RunAsync,
            Chosen,
            User,
            UsersCommand.Scan,
            Confirmation.Yes,
            Confirmation.DryRun
        );

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (texts, user) = (invocation.Get(Chosen) ?? [], invocation.Get(User));
        if (texts.Length == 0 == user is null)
        {
            throw new ToolException("Name the sessions to end, or a user with --user.");
        }

        var store = await invocation.OpenAsync();
        if (user is not null)
        {
            return await EndUserAsync(store, user, invocation);
        }

        var found = await new SessionFinder(store).FindAsync(texts, invocation.Token);
        string[] sids = [.. found.Select(static entry => entry.Sid)];
        return await IsToEndAsync(store, sids, invocation) ? await EndAsync(store, sids, invocation) : ExitCodes.Success;
    }

    private static async Task<int> EndUserAsync(OpenedStore store, string user, Invocation invocation)
    {
        var ofUser = new UserSessions(store, invocation.Report);
        var list = invocation.Get(UsersCommand.Scan) ? null : await ofUser.ListOfAsync(user, invocation.Token);
        var sids = await ofUser.AllAsync(user, list, invocation.Token).Select(static entry => entry.Sid).ToListAsync(invocation.Token);
        ofUser.TellSealed();
        if (sids.Count == 0)
        {
            throw new ToolException("No session of this user was found.", ExitCodes.No);
        }

        if (!await IsToEndAsync(store, sids, invocation))
        {
            return ExitCodes.Success;
        }

        return list is null ? await EndAsync(store, sids, invocation) : await EndListedAsync(store, user, sids, invocation);
    }

    /// <summary>Asks if several sessions are to end. With <c>--dry-run</c> only shows them.</summary>
    private static async Task<bool> IsToEndAsync(OpenedStore store, IReadOnlyList<string> sids, Invocation invocation)
    {
        if (invocation.Get(Confirmation.DryRun))
        {
            foreach (var sid in sids)
            {
                Tell(invocation.Report, sid, "would end");
            }

            return false;
        }

        if (sids.Count > 1)
        {
            await Confirmation.AskAsync(invocation, $"End {Words.Count(sids.Count, "session")} of {store.Address.Shown}?");
        }

        return true;
    }

    /// <summary>Ends by the list, as an application does: no sign-in or renewal under way survives.</summary>
    private static async Task<int> EndListedAsync(OpenedStore store, string user, IReadOnlyList<string> sids, Invocation invocation)
    {
        await using var users = ApplicationUsers.Of(store);
        var result = await users.EndAllAsync(user, invocation.Token);
        foreach (var sid in sids)
        {
            var isOver = result.Failed == 0 || await new SessionEnding(store).IsOverAsync(sid, invocation.Token);
            Tell(invocation.Report, sid, isOver ? "ended" : "failed");
        }

        if (result.Failed == 0)
        {
            return ExitCodes.Success;
        }

        invocation.Report.Warning($"the store failed. {Words.Count(result.Failed, "session")} may be live: run the command again.");
        return ExitCodes.Partly;
    }

    private static async Task<int> EndAsync(OpenedStore store, IReadOnlyList<string> sids, Invocation invocation)
    {
        var ending = new SessionEnding(store);
        var renewed = 0;
        foreach (var sid in sids)
        {
            var result = await ending.EndAsync(sid, invocation.Token);
            Tell(
                invocation.Report,
                sid,
                result switch
                {
                    EndResult.Ended => "ended",
                    EndResult.Absent => "over already",
                    _ => "renewed",
                }
            );
            renewed += result == EndResult.Renewed ? 1 : 0;
        }

        if (renewed == 0)
        {
            return ExitCodes.Success;
        }

        invocation.Report.Warning(
            $"{Words.Count(renewed, "session")} were renewed and live on under another id. Find them with 'session ls', and end them there."
        );
        return ExitCodes.Partly;
    }

    private static void Tell(Report report, string sid, string result)
    {
        var session = Sid.Fingerprint(sid);
        report.Data(new { session, result });
        report.Line($"{session}  {result}");
    }
}
