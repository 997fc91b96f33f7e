using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A network that swallows everything, in both directions and without a word, for two minutes (F07): what an application is left with.
/// </summary>
public sealed class BlackHoleTests(ITestOutputHelper output)
{
    // What a store waits by default.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Hole = Scale.IsLong ? TimeSpan.FromSeconds(120) : TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Calm = Scale.IsLong ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Overlap = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    // Threads of the pool that have nothing to do end after twenty seconds.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    // What a thread may have to wait for its turn on a machine that does other things as well; and what it seldom has to.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(FaultyServer.Backends), MemberType = typeof(FaultyServer))]
    public async Task What_a_black_hole_swallows_is_an_error_in_time_and_when_it_is_gone_so_are_its_sockets_and_threads(string backend)
    {
        await using var server = await FaultyServer.StartAsync(backend, seed: 0);

        // In a process of its own, whose sockets and threads are no one else's.
        var host = HostProcess.Start([server.Place(Timeout)]);
        await using var load = new SessionLoad((await host.AddressesAsync())[0]);
        await load.FirstWrittenAsync(TimeSpan.Zero, AtMost);

        // Calls that take long overlap: the pool of connections is as large as this load makes it.
        server.Proxy.Delay(Overlap);
        await Task.Delay(Calm, Cancel);
        server.Proxy.Pass();
        await Task.Delay(Calm, Cancel);
        var (sockets, threads) = (host.CountSockets(), host.CountThreads());

        server.Proxy.Hang();
        var began = load.Now;
        await Task.Delay(Hole, Cancel);
        var (socketsIn, threadsIn) = (host.CountSockets(), host.CountThreads());
        server.Proxy.Pass();
        var healed = load.Now;
        var first = await load.FirstWrittenAsync(healed, AtMost);
        await Task.Delay(Calm, Cancel);
        var (socketsAfter, threadsAfter) = (host.CountSockets(), host.CountThreads());
        while ((socketsAfter > WithATenth(sockets) || threadsAfter > WithATenth(threads)) && load.Now - healed < Settling)
        {
            await Task.Delay(100, Cancel);
            (socketsAfter, threadsAfter) = (host.CountSockets(), host.CountThreads());
        }

        var settled = load.Now - healed;
        await load.StopAsync();
        Assert.EndsWith(", 0 hits", await host.EndAsync(), StringComparison.Ordinal);

        // What came before is a process that starts, on a machine that may do other things as well.
        var users = load.All.Where(told => told.Act != Act.Visit && told.Ended > began).ToList();
        var failed = users.Where(static told => told.Status != 200).ToList();
        var times = failed.ConvertAll(static told => told.Milliseconds);
        var visits = load
            .All.Where(told => told.Act == Act.Visit && told.Began >= began && told.Ended <= healed)
            .Select(static told => told.Milliseconds)
            .ToList();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}, {Hole.TotalSeconds} s: {failed.Count} of {users.Count} requests failed, {times.Milliseconds()}; first "
                    + $"write {(first.Ended - healed).TotalSeconds:0.00} s after the end, "
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"last failure {(failed.Max(static told => told.Ended) - healed).TotalSeconds:0.00} s after it; visitors meanwhile "
                        + $"{visits.Milliseconds()}; "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"sockets {sockets}, {socketsIn}, {socketsAfter}; threads {threads}, {threadsIn}, {threadsAfter} (before, at the "
                        + $"end, {settled.TotalSeconds:0.0} s after)"
                )
        );

        Assert.DoesNotContain(load.All, static told => told.Status is not (200 or 503));
        Assert.DoesNotContain(load.All, static told => told is { Act: Act.Visit, Status: not 200 });
        Assert.DoesNotContain(users, static told => told is { Act: Act.Use, Status: 200 } && told.Body != told.Owner);
        Assert.DoesNotContain(users, told => told.Status == 200 && told.Began > began && told.Ended < healed);
        Assert.True(times.Percentile(100) <= (Timeout + Slack).TotalMilliseconds);
        Assert.True(!Scale.IsLong || times.Percentile(99) <= (Timeout + InTime).TotalMilliseconds);
        Assert.DoesNotContain(failed, told => told.Began > healed + AtMost);
        Assert.True(socketsAfter <= WithATenth(sockets), $"{socketsAfter} sockets after {sockets}.");
        Assert.True(threadsAfter <= WithATenth(threads), $"{threadsAfter} threads after {threads}.");
    }

    private static double WithATenth(int count) => Math.Ceiling(count * 1.1);
}
