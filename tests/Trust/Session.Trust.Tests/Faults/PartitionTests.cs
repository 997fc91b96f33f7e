using System.Diagnostics;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Primary and replica cannot see each other, and both are written to: what is lost then is what docs/guarantees.md says, and no more (F09,
/// T30).
/// </summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task A_partition_loses_what_the_replica_had_not_received_a_sign_out_included_and_nothing_else(string backend)
    {
        await using var servers = await ReplicatedServers.StartAsync(backend);
        var (both, onlySecond) = (servers.Place(Patience).Open(), servers.Second(Patience).Open());
        await using var here = await TrustHost.StartAsync(both);
        var kept = await BeginAsync(here);
        var endedBefore = await BeginAsync(here);
        var endedHere = await BeginAsync(here);
        var endedThere = await BeginAsync(here);
        await EndAsync(here, endedBefore);
        await servers.CatchUpAsync();

        servers.Part();
        var lateHere = await BeginAsync(here);
        await EndAsync(here, endedHere);
        await servers.PromoteAsync();
        await using var there = await TrustHost.StartAsync(onlySecond);
        var lateThere = await BeginAsync(there);
        await EndAsync(there, endedThere);
        await WriteAsync(there, kept, "there");

        // The old primary does not know of it, and neither does who is with it.
        Assert.True(await IsThereAsync(here, lateHere));
        Assert.False(await IsThereAsync(here, endedHere));
        await WriteAsync(here, kept, "here");

        await servers.DemoteAsync();
        await UntilWrittenAsync(here);
        foreach (var host in (TrustHost[])[here, there])
        {
            Assert.True(await IsThereAsync(host, kept));
            Assert.Equal("there", (await host.Client.SendAsync("/get", kept, "side")).Body);
            Assert.True(await IsThereAsync(host, lateThere));
            Assert.False(await IsThereAsync(host, endedBefore));
            Assert.False(await IsThereAsync(host, endedThere));

            // What is not promised: neither the beginning nor the end of a session that only the old primary has acknowledged.
            Assert.False(await IsThereAsync(host, lateHere));
            Assert.True(await IsThereAsync(host, endedHere));
        }

        output.WriteLine($"{backend}: of 7 acts on the two sides 3 are lost, all of the old primary's: a session, a value and a sign-out");
        await StorePlace.CloseAsync(both);
        await StorePlace.CloseAsync(onlySecond);
    }

    [Fact]
    [Trait("backend", "postgres")]
    public async Task With_a_standby_that_is_waited_for_nothing_that_was_acknowledged_is_lost_a_sign_out_included()
    {
        var timeout = TimeSpan.FromSeconds(1);
        await using var servers = await ReplicatedServers.StartAsync("postgres", waits: true);
        var (both, onlySecond) = (servers.Place(timeout).Open(), servers.Second(Patience).Open());
        await using var here = await TrustHost.StartAsync(both);
        var (acknowledged, ended) = (new List<string>(), new List<string>());
        for (var i = 0; i < 20; i++)
        {
            acknowledged.Add(await UntilBegunAsync(here));
        }

        for (var i = 0; i < 10; i++)
        {
            var session = await UntilBegunAsync(here);
            while ((await here.Client.SendAsync("/logout", session)).Status != 200) { }

            ended.Add(session);
        }

        // At once: what was acknowledged is there, whether the replica was about to be asked for more or not.
        servers.Part();
        var refused = (
            await Task.WhenAll(
                Enumerable.Range(0, 5).Select(_ => here.Client.SendAsync("/set", null, TrustEndpoints.Owner, LeakCollector.Payload))
            )
        )
            .Select(static answer => answer.Status)
            .ToList();
        var notEnded = await here.Client.SendAsync("/logout", acknowledged[^1]);
        await servers.PromoteAsync();
        await servers.DemoteAsync();

        await using var there = await TrustHost.StartAsync(onlySecond);
        output.WriteLine(
            $"{acknowledged.Count} sessions and {ended.Count} sign-outs acknowledged; without the standby: "
                + $"{string.Join(", ", refused)} and {notEnded.Status}"
        );
        Assert.All(refused, static status => Assert.Equal(503, status));
        Assert.Equal(503, notEnded.Status);
        foreach (var session in acknowledged)
        {
            Assert.True(await IsThereAsync(there, session));
        }

        foreach (var session in ended)
        {
            Assert.False(await IsThereAsync(there, session));
        }

        await StorePlace.CloseAsync(both);
        await StorePlace.CloseAsync(onlySecond);
    }

    private static async Task<string> BeginAsync(TrustHost host)
    {
        var answer = await host.Client.SendAsync("/set", null, TrustEndpoints.Owner, LeakCollector.Payload);
        Assert.Equal(200, answer.Status);
        return answer.TheCookie;
    }

    private static async Task<string> UntilBegunAsync(TrustHost host)
    {
        while (true)
        {
            // On a busy machine a second may be too short.
            if (await host.Client.SendAsync("/set", null, TrustEndpoints.Owner, LeakCollector.Payload) is { Status: 200 } answer)
            {
                return answer.TheCookie;
            }
        }
    }

    private static async Task EndAsync(TrustHost host, string session) =>
        Assert.Equal(200, (await host.Client.SendAsync("/logout", session)).Status);

    private static async Task WriteAsync(TrustHost host, string session, string side) =>
        Assert.Equal(200, (await host.Client.SendAsync("/set", session, "side", side)).Status);

    private static async Task<bool> IsThereAsync(TrustHost host, string session)
    {
        var answer = await host.Client.SendAsync("/get", session, TrustEndpoints.Owner);
        Assert.Equal(200, answer.Status);
        return answer.Body != TrustEndpoints.None;
    }

    /// <summary>The first write finds that the server takes none any more, and goes to the other.</summary>
    private static async Task UntilWrittenAsync(TrustHost host)
    {
        for (var time = Stopwatch.StartNew(); (await host.Client.SendAsync("/set", null, "k", "v")).Status != 200;)
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(15), "No write within 15 s.");
            await Task.Delay(20, Cancel);
        }
    }
}
