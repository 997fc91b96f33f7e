using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>Rounds of random calls by several callers on one session each, and the search for an order of each round.</summary>
internal sealed class HistoryRounds(CaseContext t)
{
    private const int CallsEach = 5;
    private const int Rounds = 60;
    private const int Outages = 3;

    // More sessions than one: a prune beside the calls has something to do.
    private const int Expired = 3;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(7);

    /// <summary>Goes on until a violation is found or enough was tried.</summary>
    /// <param name="stores">The store of each caller.</param>
    public async Task RunAsync(Func<CaseContext, IReadOnlyList<RecordingStore>> stores)
    {
        var callers = stores(t);
        for (var round = 0; !t.Expect.Failed && t.GoesOn(round, Rounds); round++)
        {
            // Every third round the clock moves meanwhile, by as much as some of its sessions live.
            var moves = t.Time.Mode == StoreTime.Virtual && round % 3 == 2;
            var history = new SessionHistory(SessionHistoryOptions.Of(t.Harness, t.Request));
            var sid = t.NewSid();
            List<Func<Task>> calls = [.. callers.Select((store, i) => Caller(history, store, i, sid, moves))];
            if (moves)
            {
                calls.Add(() => BesideAsync(callers[0]));
            }

            await Race.TogetherAsync(calls);
            await ReadAsync(history, callers, sid);
            Judge(history);
        }
    }

    /// <summary>The backend goes away in the middle of a round, and comes back.</summary>
    public async Task RunOutageAsync()
    {
        for (var round = 0; !t.Expect.Failed && t.GoesOn(round, Outages); round++)
        {
            var history = new SessionHistory(SessionHistoryOptions.Of(t.Harness, t.Request));
            var sid = t.NewSid();
            List<HistoryTraffic> traffic = [.. Enumerable.Range(0, 3).Select(i => Traffic(history, t.Store, i, moves: false))];
            await EachAsync(traffic, sid, fails: false);
            await t.BreakAsync(StoreFault.Unavailable);
            await EachAsync(traffic, sid, fails: true);
            await t.MendAsync();
            await UntilItWorksAsync();
            await EachAsync(traffic, sid, fails: false);
            await ReadAsync(history, [t.Store, t.Store], sid);
            Judge(history);
        }
    }

    private static Task EachAsync(List<HistoryTraffic> traffic, string sid, bool fails) =>
        Race.TogetherAsync(traffic.Count, async i =>
        {
            for (var call = 0; call < (fails ? 2 : CallsEach); call++)
            {
                await CallAsync(traffic[i], sid, fails);
            }
        });

    private Func<Task> Caller(SessionHistory history, RecordingStore store, int number, string sid, bool moves)
    {
        var traffic = Traffic(history, store, number, moves);
        return async () =>
        {
            for (var i = 0; i < CallsEach; i++)
            {
                await CallAsync(traffic, sid, fails: false);
            }
        };
    }

    private HistoryTraffic Traffic(SessionHistory history, RecordingStore store, int number, bool moves) =>
        new(history.Caller(store.Raw, $"{(char)('a' + number)}"), new Random(t.Random.Next()), t.Time.Clock)
        {
            Lives = moves ? [Step, Step * 2, null, TimeSpan.Zero] : [CaseContext.Hour, CaseContext.Hour * 2, null],
        };

    private static async Task CallAsync(HistoryTraffic traffic, string sid, bool fails)
    {
        try
        {
            await traffic.NextAsync(sid);
        }
        catch (SessionStoreException) when (fails)
        {
            // Its outcome is unknown, and the history knows that.
        }
        catch (Exception error)
        {
            throw new StoreThrewException(traffic.Member, error);
        }
    }

    /// <summary>What goes on beside the calls: sessions expire and are pruned.</summary>
    private async Task BesideAsync(RecordingStore store)
    {
        for (var i = 0; i < Expired; i++)
        {
            await store.SetAsync(t.NewSid(), t.Record(Step));
            await t.AdvanceAsync(Step);
            if (store.Raw is IPrunableSessionStore)
            {
                await store.PruneAsync(10);
            }
        }
    }

    /// <summary>Two gets at the end, so that what was written last is seen, and is there to stay.</summary>
    private static async Task ReadAsync(SessionHistory history, IReadOnlyList<RecordingStore> stores, string sid)
    {
        foreach (var store in stores.Take(2))
        {
            try
            {
                await history.Caller(store.Raw, "end").GetAsync(sid);
            }
            catch (Exception error)
            {
                throw new StoreThrewException(nameof(ISessionStore.GetAsync), error);
            }
        }
    }

    private async Task UntilItWorksAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var sid = t.NewSid();
        while (true)
        {
            try
            {
                await t.Store.GetAsync(sid);
                return;
            }
            catch (StoreThrewException threw)
                when (threw.InnerException is SessionStoreException && Stopwatch.GetElapsedTime(started) < t.Settings.Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private void Judge(SessionHistory history)
    {
        foreach (var violation in history.Judge().Violations)
        {
            foreach (var line in violation.Timeline.Split('\n'))
            {
                t.Transcript.Note(line);
            }

            t.Expect.Add($"{violation.RuleId} {violation.Rule}", $"no order of the calls explains it: {violation.Observed}");
        }
    }
}
