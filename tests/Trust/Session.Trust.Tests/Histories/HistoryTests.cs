using ServerSessions.Conformance;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Histories;

/// <summary>
/// Whether the calls of several instances on one session have an order that explains all results, while servers, connections and
/// instances end. No violation in so many histories is no proof.
/// </summary>
public sealed class HistoryTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly int Calls = Scale.Of(10_000, 1_000_000);

    // Rounds between two faults.
    private static readonly int Calm = Scale.Of(3, 10);

    private static readonly TimeSpan Impatient = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task No_call_of_two_instances_is_found_that_no_order_explains_whatever_ends_meanwhile(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var server = FaultyServer.Backends.Any(row => row.Data == backend)
            ? await FaultyServer.StartAsync(backend, seed, Durable(backend))
            : null;
        var place = server?.Place(Impatient) ?? await fleet.Places.NewAsync(backend);
        var stores = new List<ISessionStore> { place.Open() };

        // A memory store has no second instance.
        stores.Add(backend == "memory" ? stores[0] : place.Open());
        var run = new HistoryRun(backend, seed, () => [.. stores]);
        for (var round = 0; run.Verdict.Calls < Calls && run.Verdict.Violations.Count == 0; round++)
        {
            var fault = round / Calm;
            await run.RoundAsync(
                round % Calm < Calm - 1 ? null
                : server is null ? backend == "memory" ? null : _ => InstanceEndsAsync(stores, place)
                : random => BreakAsync(server, fault, random, () => InstanceEndsAsync(stores, place))
            );
        }

        foreach (var store in stores.Distinct())
        {
            await StorePlace.CloseAsync(store);
        }

        Report(backend, run.Verdict);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task No_call_is_found_that_no_order_explains_through_a_promotion_that_loses_nothing(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var promotions = Scale.Of(1, 20);
        var verdicts = new List<HistoryVerdict>();
        for (var promotion = 0; promotion < promotions; promotion++)
        {
            await using var servers = await ReplicatedServers.StartAsync(backend, waits: true);
            ISessionStore[] stores = [servers.Place(Impatient).Open(), servers.Place(Impatient).Open()];
            var run = new HistoryRun(backend, seed + promotion, () => stores);
            await run.RoundAsync();
            await (
                backend == "postgres"
                    ? run.RoundAsync(_ => TakeOverAsync(servers))
                    : run.RoundAsync(between: () => HandOverAsync(servers))
            );
            await run.RoundAsync();
            foreach (var store in stores)
            {
                await StorePlace.CloseAsync(store);
            }

            verdicts.Add(run.Verdict);
        }

        Report($"{backend}, {promotions} promotions", HistoryVerdict.Of(verdicts));
    }

    /// <summary>The primary ends in the middle of its calls. Its standby has all that was acknowledged.</summary>
    private static async Task TakeOverAsync(ReplicatedServers servers)
    {
        await Task.Delay(100, Cancel);
        await servers.EndFirstAsync();
        await servers.PromoteAsync();
    }

    /// <summary>An administrator waits until the replica has everything, and changes the roles.</summary>
    private static async Task HandOverAsync(ReplicatedServers servers)
    {
        await servers.CatchUpAsync();
        await servers.PromoteAsync();
        await servers.DemoteAsync();
    }

    /// <summary>One fault after the other; each is over when this ends.</summary>
    private static async Task BreakAsync(FaultyServer server, int fault, Random random, Func<Task> instanceEnds)
    {
        await Task.Delay(random.Next(50), Cancel);
        switch (fault % 6)
        {
            case 0:
                server.Proxy.ResetConnections();
                await Task.Delay(random.Next(50), Cancel);
                break;
            case 1:
                server.Proxy.SwallowReplies();
                await Task.Delay(random.Next(200), Cancel);
                break;
            case 2:
                server.Freeze();
                await Task.Delay(random.Next(700), Cancel);
                server.Thaw();
                break;
            case 3:
                await server.KillAsync();
                await server.StartAgainAsync();
                break;
            case 4:
                server.Proxy.ResetAfterRequests(random.Next(5000));
                await Task.Delay(random.Next(200), Cancel);
                break;
            default:
                await instanceEnds();
                break;
        }

        server.Proxy.Pass();
        server.Proxy.ResetConnections();
    }

    /// <summary>An instance ends in the middle of its calls, and another takes its place.</summary>
    private static async Task InstanceEndsAsync(List<ISessionStore> stores, StorePlace place)
    {
        var ending = stores[1];
        await StorePlace.CloseAsync(ending);
        stores[1] = place.Open();
    }

    /// <summary>The settings with which a server keeps through a kill what it has acknowledged.</summary>
    private static string[] Durable(string backend) =>
        backend switch
        {
            "redis" => ["--appendonly", "yes", "--appendfsync", "always"],
            "postgres" => ["synchronous_commit=on"],
            _ => [],
        };

    private void Report(string what, HistoryVerdict verdict)
    {
        output.WriteLine($"{what}: {verdict}");
        Assert.True(verdict.Violations.Count == 0, $"{what}: {verdict}\n{string.Join("\n\n", verdict.Violations)}");
        Assert.Equal(0, verdict.Undecided);
        Assert.True(verdict.UnknownOutcomes > 0);
    }
}
