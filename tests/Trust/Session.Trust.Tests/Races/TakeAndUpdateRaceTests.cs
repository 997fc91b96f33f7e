using System.Collections.Concurrent;
using System.Globalization;
using ServerSessions.Conformance;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Races;

/// <summary>A code is taken once and no increment is lost, by requests to several processes and over connections that are cut.</summary>
public sealed class TakeAndUpdateRaceTests(Fleet fleet, ITestOutputHelper output)
{
    private const string Count = "count";
    private const string Code = "code";
    private const int Takers = 24;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Two_hundred_and_fifty_six_parallel_increments_on_three_instances_lose_none(string backend)
    {
        const int Increments = 256;
        var instances = await fleet.OfAsync(backend);
        for (var round = Scale.Of(1, 50); round > 0; round--)
        {
            var (_, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
            var answers = await Task.WhenAll(
                Enumerable.Range(0, Increments).Select(i => instances.Clients[i % 3].SendAsync("/count", cookie, Count))
            );

            Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
            Assert.Equal(Enumerable.Range(1, Increments), answers.Select(static answer => Number(answer.Body)).Order());
        }

        output.WriteLine($"{backend}: none lost");
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Of_parallel_requests_to_three_instances_one_gets_a_code(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var instances = await fleet.OfAsync(backend);
        for (var round = Scale.Of(5, 500); round > 0; round--)
        {
            var (_, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
            Assert.Equal(200, (await instances.Clients[0].SendAsync("/set", cookie, Code, LeakCollector.Payload)).Status);
            var meeting = fleet.Meetings.AddressOf(fleet.Meetings.New(Takers));
            var waits = Enumerable.Range(0, Takers).Select(_ => random.Next(2000).ToString(CultureInfo.InvariantCulture)).ToArray();
            var answers = await Task.WhenAll(
                waits.Select(
                    (wait, i) =>
                        instances
                            .Clients[i % 3]
                            .SendAsync(
                                "/take",
                                cookie,
                                Code,
                                headers: [(TrustEndpoints.MeetHeader, meeting), (TrustEndpoints.WaitHeader, wait)]
                            )
                )
            );

            Assert.All(answers, answer => Assert.True(answer.Status == 200, $"{answer.Status}; seed {seed}"));
            Assert.Equal(LeakCollector.Payload, Assert.Single(answers, static answer => answer.Body != TrustEndpoints.None).Body);
        }
    }

    [Theory]
    [MemberData(nameof(FaultyServer.Backends), MemberType = typeof(FaultyServer))]
    public async Task Over_connections_that_are_cut_no_code_is_taken_twice_and_no_increment_is_lost(string backend)
    {
        const int Requests = 12;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await FaultyServer.StartAsync(backend, seed);
        var store = server.Place(Patience).Open();
        var direct = server.Place(TimeSpan.FromMinutes(1), direct: true).Open();
        await using var cut = await TrustHost.StartAsync(store, static options => options.OperationTimeout = TimeSpan.FromSeconds(5));
        await using var whole = await TrustHost.StartAsync(direct);
        var (_, cookie) = await Sessions.NewAsync(direct, LeakCollector.Payload);
        var (taken, given, counted, unknown) = (0, 0, new ConcurrentBag<int>(), 0);
        for (var round = Scale.Of(20, 1000); round > 0; round--)
        {
            // A client of the store on the direct way sets the code. Requests on both ways take it while connections break.
            Assert.Equal(200, (await whole.Client.SendAsync("/set", cookie, Code, $"{LeakCollector.Payload}{round}")).Status);
            given++;
            var takers = Enumerable
                .Range(0, Requests)
                .Select(i => (i % 4 == 0 ? whole : cut).Client.SendAsync("/take", cookie, Code, cancellationToken: Cancel))
                .ToList();
            var counters = Enumerable
                .Range(0, Requests)
                .Select(i => (i % 4 == 0 ? whole : cut).Client.SendAsync("/count", cookie, Count, cancellationToken: Cancel))
                .ToList();
            Break(server.Proxy, random);
            await Task.WhenAny(Task.WhenAll(takers.Concat(counters)), Task.Delay(random.Next(1, 50), Cancel));
            server.Proxy.Pass();
            server.Proxy.ResetConnections();

            var codes = await Task.WhenAll(takers);
            var got = codes.Count(static answer => answer.Status == 200 && answer.Body != TrustEndpoints.None);
            Assert.True(got <= 1, $"{got} requests got one code; seed {seed}");
            taken += got;
            foreach (var answer in await Task.WhenAll(counters))
            {
                if (answer.Status == 200)
                {
                    counted.Add(Number(answer.Body));
                }
                else
                {
                    Assert.True(answer.Status >= 500, $"{answer.Status}; seed {seed}");
                    unknown++;
                }
            }
        }

        var total = Number((await whole.Client.SendAsync("/count", cookie, Count)).Body) - 1;
        Assert.True(counted.Distinct().Count() == counted.Count, $"Two increments got one number; seed {seed}");
        Assert.True(total >= counted.Count, $"{total} of {counted.Count} acknowledged; seed {seed}");
        Assert.True(total <= counted.Count + unknown, $"{total} of {counted.Count} and {unknown}: one counted twice; seed {seed}");
        output.WriteLine(
            $"{backend}: {taken} of {given} codes taken, each once; {total} increments stored, {counted.Count} acknowledged, {unknown} "
                + $"failed"
        );
        await cut.DisposeAsync();
        await whole.DisposeAsync();
        await StorePlace.CloseAsync(store);
        await StorePlace.CloseAsync(direct);
    }

    private static void Break(FaultProxy proxy, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                proxy.ResetConnections();
                break;
            case 1:
                proxy.ResetAfterReplies(random.Next(5000));
                break;
            case 2:
                proxy.ResetAfterRequests(random.Next(5000));
                break;
            default:
                proxy.SwallowReplies();
                break;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
