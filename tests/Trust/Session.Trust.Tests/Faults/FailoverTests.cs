using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>A replica is promoted under load, and the old primary takes no writes or is gone (F09).</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    // What a store waits by default.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Calm = Scale.IsLong ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(1);

    // How long no server is the primary, until the loss of the old one is noticed.
    private static readonly TimeSpan Detection = Scale.IsLong ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(1);

    // What a thread may have to wait for its turn on a machine that does other things as well; and what half of them do not.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Failovers
    {
        get
        {
            var failovers = new TheoryData<string, string>();
            foreach (var backend in (string[])["redis", "postgres"])
            {
                foreach (var old in (string[])["read-only", "gone", "frozen"])
                {
                    failovers.Add(new TheoryDataRow<string, string>(backend, old).WithTrait("backend", backend).WithTrait("old", old));
                }
            }

            return failovers;
        }
    }

    [Theory]
    [MemberData(nameof(Failovers))]
    public async Task After_a_promotion_sessions_are_written_on_the_new_primary_without_a_restart_and_all_that_had_reached_it_is_there(
        string backend,
        string old
    )
    {
        await using var servers = await ReplicatedServers.StartAsync(backend);
        var store = servers.Place(Timeout).Open();
        await using var host = await TrustHost.StartAsync(store, options =>
            options.OperationTimeout = Timeout + TimeSpan.FromMilliseconds(100)
        );
        var ended = (await host.Client.SendAsync("/set", null, TrustEndpoints.Owner, LeakCollector.Payload)).TheCookie;
        Assert.Equal(200, (await host.Client.SendAsync("/logout", ended)).Status);

        await using var load = new SessionLoad(host.Address);
        await Task.Delay(Calm, Cancel);
        var replicated = load.Now;
        await servers.CatchUpAsync();
        switch (old)
        {
            case "gone":
                await servers.EndFirstAsync();
                await Task.Delay(Detection, Cancel);
                await servers.PromoteAsync();
                break;
            case "frozen":
                servers.FreezeFirst();
                await Task.Delay(Detection, Cancel);
                await servers.PromoteAsync();
                break;
            default:
                await servers.PromoteAsync();
                await servers.DemoteAsync();
                break;
        }

        var promoted = load.Now;
        var first = await load.FirstWrittenAsync(promoted, AtMost);
        await Task.Delay(Calm, Cancel);
        await load.StopAsync();

        var lost = await LostAsync(servers, load.Begun);
        var users = load.All.Where(static told => told.Act != Act.Visit).ToList();
        var failed = users.Where(static told => told.Status != 200).Select(static told => told.Milliseconds).ToList();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}, old primary {old}: first write {(first.Ended - promoted).TotalSeconds:0.00} s after the promotion; "
                    + $"{failed.Count} of {users.Count} requests failed, {failed.Milliseconds()}; "
            )
                + $"{load.Begun.Count} sessions acknowledged, {lost.Count} lost, of them "
                + $"{lost.Count(told => told.Ended <= replicated)} that the replica had"
        );

        Assert.DoesNotContain(load.All, static told => told.Status is not (200 or 503));
        Assert.DoesNotContain(load.All, static told => told is { Act: Act.Visit, Status: not 200 });
        Assert.True(failed.Percentile(100) <= (Timeout + Slack).TotalMilliseconds);
        Assert.True(!Scale.IsLong || failed.Percentile(50) <= (Timeout + InTime).TotalMilliseconds);

        // Lost is what the old primary acknowledged and no one else had, and nothing else; and no one is shown someone else's.
        Assert.DoesNotContain(lost, told => told.Ended <= replicated || told.Began >= promoted);
        var lostOwners = lost.Select(static told => told.Owner).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(users.Where(static told => told is { Act: Act.Use, Status: 200 }), told =>
            told.Body != told.Owner && !(told.Body == TrustEndpoints.None && lostOwners.Contains(told.Owner))
        );
        Assert.Equal(TrustEndpoints.None, (await host.Client.SendAsync("/get", ended, TrustEndpoints.Owner)).Body);
        await StorePlace.CloseAsync(store);
    }

    private static async Task<List<Told>> LostAsync(ReplicatedServers servers, IReadOnlyList<Told> begun)
    {
        var second = servers.Second(TimeSpan.FromMinutes(1)).Open();
        var lost = new List<Told>();
        foreach (var told in begun)
        {
            if (!Sessions.HasOwner(await second.GetAsync(Answer.SidOf(told.Cookie!), Cancel)))
            {
                lost.Add(told);
            }
        }

        await StorePlace.CloseAsync(second);
        return lost;
    }
}
