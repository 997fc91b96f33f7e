using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>A cookie that was planted before the login is worth nothing after it (T06).</summary>
public sealed class FixationTests(Fleet fleet)
{
    private const int Parallel = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_login_leaves_a_planted_cookie_worthless_whatever_runs_beside_it(string backend)
    {
        var instances = await fleet.OfAsync(backend);
        for (var round = Scale.Of(3, 200); round > 0; round--)
        {
            var planted = (await instances.Clients[0].SendAsync("/set", key: "cart", value: LeakCollector.Payload + "cart")).TheCookie;
            var meeting = fleet.Meetings.AddressOf(fleet.Meetings.New(Parallel + 1));
            var attacks = Enumerable
                .Range(0, Parallel)
                .Select(i =>
                    instances
                        .Clients[i % 3]
                        .SendAsync("/add-and-get", planted, "attack", LeakCollector.Payload, headers: (TrustEndpoints.MeetHeader, meeting))
                )
                .ToList();
            var login = await instances
                .Clients[1]
                .SendAsync("/login", planted, value: LeakCollector.Payload + "victim", headers: (TrustEndpoints.MeetHeader, meeting));

            var own = login.TheCookie;
            Assert.NotEqual(planted, own);
            foreach (var attack in await Task.WhenAll(attacks))
            {
                Assert.NotEqual(LeakCollector.Payload + "victim", attack.Body);
                Assert.NotEqual(own, attack.Cookie);
            }

            Assert.Null(await instances.Store.GetAsync(Answer.SidOf(planted), Cancel));
            foreach (var client in instances.Clients)
            {
                Assert.Equal(TrustEndpoints.None, (await client.SendAsync("/get", planted, TrustEndpoints.Owner)).Body);
                Assert.Equal(LeakCollector.Payload + "victim", (await client.SendAsync("/get", own, TrustEndpoints.Owner)).Body);
                Assert.Equal(TrustEndpoints.Owner, (await client.SendAsync("/keys", own)).Body);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Data_that_is_carried_over_moves_once(string backend)
    {
        var instances = await fleet.OfAsync(backend);
        var planted = (await instances.Clients[0].SendAsync("/set", key: "cart", value: LeakCollector.Payload)).TheCookie;

        var own = (await instances.Clients[1].SendAsync("/regenerate", planted)).TheCookie;

        Assert.Equal(LeakCollector.Payload, (await instances.Clients[2].SendAsync("/get", own, "cart")).Body);
        Assert.All(
            await Task.WhenAll(instances.Clients.Select(client => client.SendAsync("/get", planted, "cart", cancellationToken: Cancel))),
            static answer => Assert.Equal((TrustEndpoints.None, null), (answer.Body, answer.Cookie))
        );
        Assert.False(Sessions.IsLive(await instances.Store.GetAsync(Answer.SidOf(planted), Cancel)));
    }
}
