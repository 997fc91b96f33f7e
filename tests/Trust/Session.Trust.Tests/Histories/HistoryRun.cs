using System.Diagnostics;
using ServerSessions.Conformance;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Histories;

/// <summary>
/// Rounds of random calls on a few sessions by callers of several instances, judged round by round. Sessions are new in each round.
/// </summary>
internal sealed class HistoryRun(string backend, int seed, Func<IReadOnlyList<ISessionStore>> stores)
{
    private const int Sessions = 4;
    private const int CallersEach = 3;
    private const int CallsEach = 40;

    // What a call of unknown outcome costs the search grows with their number.
    private const int MostFailures = 12;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly List<HistoryVerdict> _verdicts = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HistoryVerdict Verdict => HistoryVerdict.Of(_verdicts);

    /// <summary>One round.</summary>
    /// <param name="fault">What happens meanwhile; it ends when all is well again.</param>
    /// <param name="between">What happens while no call runs, in the middle of the round.</param>
    public async Task RoundAsync(Func<Random, Task>? fault = null, Func<Task>? between = null)
    {
        var history = new SessionHistory(OptionsOf(backend));
        string[] sids = [.. Enumerable.Range(0, Sessions).Select(static _ => Support.Sessions.NewSid())];
        var breaking = fault?.Invoke(new Random(_random.Next())) ?? Task.CompletedTask;
        await EachAsync(history, sids, CallsEach, breaking);
        await breaking;
        await (between?.Invoke() ?? Task.CompletedTask);
        foreach (var store in stores())
        {
            await UntilItWorksAsync(store);
        }

        // What took effect late is seen now or in the end.
        await EachAsync(history, sids, between is null ? CallsEach / 8 : CallsEach, Task.CompletedTask);
        foreach (var store in stores())
        {
            var caller = history.Caller(store, "end");
            await CallAsync(() => ((IEnumerableSessionStore)store).LengthAsync(Cancel).AsTask());
            await CallAsync(() => caller.ListAsync(cancellationToken: Cancel));
            foreach (var sid in sids)
            {
                await CallAsync(() => caller.GetAsync(sid, Cancel));
            }
        }

        _verdicts.Add(history.Judge());
        foreach (var sid in sids)
        {
            await CallAsync(() => stores()[0].DestroyAsync(sid, Cancel).AsTask());
        }
    }

    private Task EachAsync(SessionHistory history, string[] sids, int calls, Task breaking) =>
        Task.WhenAll(
            stores()
                .SelectMany((store, instance) =>
                    Enumerable.Range(0, CallersEach).Select(i => (Store: store, Name: $"{(char)('a' + instance)}{i}", Seed: _random.Next()))
                )
                .ToList()
                .Select(one => Task.Run(() => TrafficAsync(history.Caller(one.Store, one.Name), one.Seed, sids, calls, breaking), Cancel))
        );

    private static async Task TrafficAsync(HistoryCaller caller, int seed, string[] sids, int calls, Task breaking)
    {
        var random = new Random(seed);
        var traffic = new HistoryTraffic(caller, random, TimeProvider.System)
        {
            Lives = [TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromMilliseconds(200)],
            Filling = 2000,
        };
        var failures = 0;
        for (var i = 0; (i < calls || !breaking.IsCompleted) && failures < MostFailures; i++)
        {
            using var giving = new CancellationTokenSource(random.Next(40) == 0 ? TimeSpan.FromMilliseconds(random.Next(3)) : Patience);
            if (!await CallAsync(() => traffic.NextAsync(sids[random.Next(sids.Length)], giving.Token)))
            {
                failures++;
                await Task.Delay(AfterFailure, Cancel);
            }

            if (random.Next(40) == 0 && caller.Store is IPrunableSessionStore prunable)
            {
                await CallAsync(() => prunable.PruneAsync(100, Cancel).AsTask());
            }
        }
    }

    /// <summary>Whether the call succeeded. What a store may throw while something breaks is no failure of the test.</summary>
    private static async Task<bool> CallAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception error) when (error is SessionStoreException or OperationCanceledException or ObjectDisposedException)
        {
            Cancel.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task UntilItWorksAsync(ISessionStore store)
    {
        for (var started = Stopwatch.GetTimestamp(); !await CallAsync(() => store.DestroyAsync("none", Cancel).AsTask());)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "The store does not work again.");
            await Task.Delay(AfterFailure, Cancel);
        }
    }

    private static SessionHistoryOptions OptionsOf(string backend) =>
        new()
        {
            // Redis tells how long a key still lives, which is as old as its reply.
            ClockSlack = backend == "redis" ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(20),
            Granularity = backend is "postgres" or "mysql" ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1),
            Fidelity = backend is "postgres" or "mysql" or "mongo" ? PayloadFidelity.Json : PayloadFidelity.Bytes,
        };
}
