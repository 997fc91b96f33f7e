using System.CommandLine;
using System.Diagnostics;
using ServerSessions.Stores;
using ServerSessions.Tool.Copying;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Users;

namespace ServerSessions.Tool.Commands;

/// <summary>
/// <c>move</c>: carries the sessions that no request uses, while applications carry those that are used. May be run again.
/// </summary>
internal static class MoveCommand
{
    private static readonly Option<bool> Back = new("--back")
    {
        Description = "Carry from TO to FROM: the applications have the mode CarryToOld.",
    };

    private static readonly Option<int> Rate = new("--rate")
    {
        Description = "The most sessions a second; 0 for no limit.",
        HelpName = "N",
        DefaultValueFactory = static _ => StoreDrainOptions.DefaultSessionsPerSecond,
    };

    private static readonly Option<int> AtOnce = new("--parallel")
    {
        Description = "How many sessions are carried at once.",
        HelpName = "N",
        DefaultValueFactory = static _ => 4,
    };

    public static Command Create() =>
        new Command("move", "Carry the rest of a move whose applications use both stores. Ends no session.").Runs(
            RunAsync,
            StorePair.From,
            StorePair.To,
            StorePair.FromOption,
            StorePair.ToOption,
            Back,
            Rate,
            AtOnce
        );

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (from, to) = StorePair.Of(invocation);
        var options = new StoreDrainOptions { SessionsPerSecond = invocation.Get(Rate), Parallel = invocation.Get(AtOnce) };
        if (options.SessionsPerSecond < 0 || options.Parallel is < 1 or > 64)
        {
            throw new ToolException("--rate must be 0 or more, and --parallel 1 to 64.");
        }

        var isBack = invocation.Get(Back);
        var mode = isBack ? SessionMoveMode.CarryToOld : SessionMoveMode.CarryToNew;
        var oldStore = await invocation.OpenAsync(from, creates: isBack, StorePair.FromOption);
        var newStore = await invocation.OpenAsync(to, creates: !isBack, StorePair.ToOption);
        var pair = Pair(oldStore.Store, newStore.Store, mode);
        var report = invocation.Report;
        report.Remark($"Every application must have this move configured, with the mode {mode} or {SessionMoveMode.Stay}.");

        var source = isBack ? newStore : oldStore;
        await AddUsersAsync(pair, source.Store, invocation);
        var (started, moved) = (Stopwatch.GetTimestamp(), 0L);
        var progress = new CopyProgress(report, await source.Enumerable.LengthAsync(invocation.Token), TimeProvider.System);
        StoreDrainResult? result = null;
        await progress.RunAsync(
            "move",
            () => Volatile.Read(ref moved),
            static () => 0,
            async () =>
                result = await StoreMove.DrainAsync(
                    pair,
                    options,
                    new Latest(now => Volatile.Write(ref moved, now.Moved)),
                    invocation.Token
                )
        );
        return Summarize(report, result!, Stopwatch.GetElapsedTime(started));
    }

    private static MovingSessionStore Pair(ISessionStore oldStore, ISessionStore newStore, SessionMoveMode mode)
    {
        try
        {
            return MovingSessionStore.Create(oldStore, newStore, () => mode);
        }
        catch (ArgumentException refused)
        {
            throw new ToolException(refused.Message, ExitCodes.Unusable);
        }
    }

    /// <summary>Has the lists of users' sessions carried too, if the store that has the sessions has lists.</summary>
    private static async Task AddUsersAsync(MovingSessionStore pair, ISessionStore source, Invocation invocation)
    {
        try
        {
            if (source is ISiblingSessionStore lists)
            {
                await lists.GetSibling(UserLists.SiblingName).GetAsync("session-tool-probe", invocation.Token);
                pair.GetSibling(UserLists.SiblingName);
            }
        }
        catch (Exception missing) when (missing is SessionStoreException or NotSupportedException)
        {
            invocation.Report.Warning(
                $"the lists of users' sessions are not carried. If no application calls AddUserSessions, there are none. {missing.Message}"
            );
        }
    }

    private static int Summarize(Report report, StoreDrainResult result, TimeSpan time)
    {
        var rate = result.Moved / Math.Max(time.TotalSeconds, 0.001);
        report.Data(
            new
            {
                type = "result",
                moved = result.Moved,
                left = result.Left,
                seconds = Json.Seconds(time),
                perSecond = Math.Round(rate, 1),
            }
        );
        report.Line($"carried {Words.Count(result.Moved, "session")} in {time.TotalSeconds:N1} s, {rate:N0} a second");
        if (result.Left == 0)
        {
            report.Line("the other store holds none any more", Report.Good);
            return ExitCodes.Success;
        }

        // Of a failure that is none of a store only the type is known to hold no id.
        var cause = result.Failure is SessionStoreException known ? known.Message : result.Failure?.GetType().Name;
        report.Error($"{Words.Count(result.Left, "session")} could not be carried. Run the command again. {cause}", ExitCodes.Partly);
        return ExitCodes.Partly;
    }

    /// <summary>Reports on the thread of the drain: <see cref="Progress{T}"/> posts, and could report after the end.</summary>
    private sealed class Latest(Action<StoreDrainProgress> report) : IProgress<StoreDrainProgress>
    {
        public void Report(StoreDrainProgress value) => report(value);
    }
}
