using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A host whose pool has few threads, and a store that is slow (F26, T28): a request that waits for its session holds no thread, so that
/// others get a response meanwhile.
/// </summary>
public sealed class ThreadTests(Fleet fleet, ITestOutputHelper output)
{
    // No fewer than the machine has processors, or the runtime does not take it.
    private static readonly int MostThreads = Math.Max(8, Environment.ProcessorCount);

    // What the drivers and the pool may start that the warm-up did not need.
    private const int MoreThreads = 8;

    private const int Visitors = 3;
    private static readonly int Requests = Scale.Of(100, 500);
    private static readonly int Visits = Scale.Of(100, 1000);

    // How long the database is locked.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(2);

    // What the last would wait for if each request held a thread while one call of the store is on its way to and fro: seconds.
    private static readonly TimeSpan Queued = SlowStore.Delay * 2 * Requests / MostThreads;

    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Backends => Places.Cases("sqlite", "redis", "postgres", "mysql", "mongo");

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Requests_that_wait_for_a_slow_store_hold_no_thread_that_others_need(string backend)
    {
        await using var slow = await SlowStore.StartAsync(backend, fleet.Places);
        var cookies = await NewSessionsAsync(slow.Place);
        var host = HostProcess.Start([slow.Place], MostThreads);
        var address = (await host.AddressesAsync())[0];
        using var users = new TrustClient(address);
        using var visitors = new TrustClient(address);

        // With all connections that so many at once need.
        Assert.All(await Task.WhenAll(Ask(users, cookies, "before")), static answer => Assert.Equal(200, answer.Status));
        var idle = new ConcurrentQueue<double>();
        await VisitAsync(visitors, idle, () => idle.Count < Visits);
        var (threads, most) = (host.CountThreads(), 0);

        await slow.BeginAsync();
        var began = Stopwatch.GetTimestamp();
        var asked = Ask(users, cookies, "meanwhile");
        var all = Task.WhenAll(asked);
        var visits = new ConcurrentQueue<double>();
        var isOver = false;
        var visiting = VisitAsync(visitors, visits, () => !isOver);
        while (visits.Count < Visits || (slow.IsHeld ? Stopwatch.GetElapsedTime(began) < Held : !all.IsCompleted))
        {
            most = Math.Max(most, host.CountThreads());
            await Task.WhenAny(Task.Delay(20, Cancel), visiting);
            Assert.False(visiting.IsFaulted, visiting.Exception?.Message);
        }

        Assert.True(
            !slow.IsHeld || asked.TrueForAll(static one => !one.IsCompleted),
            "A session was written to a database that another holds."
        );
        isOver = true;
        await visiting;
        await slow.EndAsync();
        var answers = await all;
        var took = Stopwatch.GetElapsedTime(began);
        Assert.EndsWith(", 0 hits", await host.EndAsync(), StringComparison.Ordinal);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}: {Requests} requests with a session in {took.TotalSeconds:0.0} s; visitors before {idle.Milliseconds()}, "
                    + $"meanwhile {visits.Milliseconds()}; threads {threads} before, at most {most} meanwhile"
            )
        );

        Assert.All(answers, static answer => Assert.Equal((200, LeakCollector.Payload), (answer.Status, answer.Body)));
        Assert.True(slow.IsHeld || visits.Max() < Queued.TotalMilliseconds, $"A visitor has waited {visits.Max():0} ms.");
        Assert.True(!Scale.IsLong || visits.Percentile(99) <= idle.Percentile(99) + InTime.TotalMilliseconds);
        Assert.InRange(most, 1, threads + MoreThreads);
    }

    private static async Task<List<string>> NewSessionsAsync(StorePlace place)
    {
        var store = place.Open();
        var cookies = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            cookies.Add((await Sessions.NewAsync(store, LeakCollector.Payload)).Cookie);
        }

        await StorePlace.CloseAsync(store);
        return cookies;
    }

    private static List<Task<Answer>> Ask(TrustClient client, List<string> cookies, string value) =>
        cookies.ConvertAll(cookie => client.SendAsync("/add-and-get", cookie, "when", value, cancellationToken: Cancel));

    private static Task VisitAsync(TrustClient client, ConcurrentQueue<double> visits, Func<bool> goesOn) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Visitors)
                .Select(async _ =>
                {
                    while (goesOn())
                    {
                        var began = Stopwatch.GetTimestamp();
                        Assert.Equal(200, (await client.SendAsync("/anonymous", cancellationToken: Cancel)).Status);
                        visits.Enqueue(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        await Task.Delay(1, Cancel);
                    }
                })
        );
}
