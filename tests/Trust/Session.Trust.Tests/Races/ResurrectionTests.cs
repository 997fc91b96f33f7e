using System.Collections.Concurrent;
using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Races;

/// <summary>
/// Nothing brings back a session that was destroyed, whichever process it comes from (T01, F16), and a logout holds everywhere (T04).
/// </summary>
public sealed class ResurrectionTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Lanes = 8;

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var backend in StorePlace.Backends)
            {
                foreach (var rival in (string[])["set", "touch", "regenerate"])
                {
                    pairs.Add(backend, rival);
                }
            }

            return pairs;
        }
    }

    /// <summary>How a logout and its rival are interleaved.</summary>
    private enum Order
    {
        /// <summary>The rival has read the session before the logout, and acts after it was acknowledged.</summary>
        RivalLate,

        /// <summary>The logout has read the session before the rival got its response.</summary>
        LogoutLate,

        /// <summary>Both have read it, and act within a millisecond or two of each other.</summary>
        Together,

        /// <summary>Both are sent at once.</summary>
        Free,
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_destroyed_session_is_never_there_again(string backend, string rival)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var instances = await fleet.OfAsync(backend);
        var rounds = Scale.Of(16, 1000);
        var orders = new ConcurrentDictionary<(Order, int), int>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Lanes)
                .Select(async lane =>
                {
                    var random = new Random(seed + lane);
                    for (var round = lane; round < rounds; round += Lanes)
                    {
                        var order = (Order)random.Next(4);
                        var (sid, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
                        var first = random.Next(3);
                        var (mine, other) = (instances.Clients[first], instances.Clients[(first + 1 + random.Next(2)) % 3]);
                        var (logout, act) = await RunAsync(order, mine, other, rival, cookie, random);

                        Assert.True(logout.Status == 200, $"The sign-out got {logout.Status}; seed {seed}.");
                        Assert.False(
                            Sessions.IsLive(await instances.Store.GetAsync(sid)),
                            $"A destroyed session is back ({order}); seed {seed}."
                        );

                        // A user who signs out has the old id only, and means the session. A rival that comes later still begins one of its
                        // own, without anything of it.
                        Assert.True(
                            act.Cookie is null || !Sessions.HasOwner(await instances.Store.GetAsync(Answer.SidOf(act.Cookie))),
                            $"The session lives on under a new id ({order}); seed {seed}."
                        );
                        orders.AddOrUpdate((order, act.Status), 1, static (_, count) => count + 1);
                    }
                })
        );
        output.WriteLine(
            $"{backend}, {rival}: {rounds} interleavings, none came back: "
                + string.Join(
                    ", ",
                    orders
                        .OrderBy(static pair => pair.Key)
                        .Select(static pair => $"{pair.Value} {pair.Key.Item1} with {pair.Key.Item2}")
                )
        );
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_logout_on_one_instance_holds_on_the_others_from_the_next_request_on(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var instances = await fleet.OfAsync(backend);
        var rounds = Scale.Of(5, 1000);
        for (var round = 0; round < rounds; round++)
        {
            var login = await instances.Clients[random.Next(3)].SendAsync("/login", value: LeakCollector.Payload);
            var cookie = login.TheCookie;
            foreach (var client in instances.Clients)
            {
                // By now the instance has seen all that it might remember.
                Assert.Equal(LeakCollector.Payload, (await client.SendAsync("/get", cookie, TrustEndpoints.Owner)).Body);
            }

            var logout = await instances.Clients[random.Next(3)].SendAsync("/logout", cookie);
            Assert.Equal(200, logout.Status);
            var expired = Assert.Single(logout.SetCookies);
            Assert.Equal("connect.sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax", expired);
            Assert.Equal(AttributesOf(Assert.Single(login.SetCookies)), AttributesOf(expired));
            foreach (var client in instances.Clients)
            {
                var after = await client.SendAsync("/get", cookie, TrustEndpoints.Owner);
                Assert.Equal((200, TrustEndpoints.None), (after.Status, after.Body));
            }
        }

        output.WriteLine($"{backend}: {rounds} logouts, each final on all three instances");
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Of_parallel_requests_that_want_a_new_id_for_a_session_one_gets_it(string backend)
    {
        const int Requests = 16;
        var instances = await fleet.OfAsync(backend);
        var rounds = Scale.Of(3, 200);
        for (var round = 0; round < rounds; round++)
        {
            var (sid, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
            var meeting = fleet.Meetings.AddressOf(fleet.Meetings.New(Requests));
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, Requests)
                    .Select(i => instances.Clients[i % 3].SendAsync("/regenerate", cookie, headers: (TrustEndpoints.MeetHeader, meeting)))
            );

            var successor = Assert.Single(answers, static answer => answer.Status == 200);
            Assert.All(answers.Except([successor]), static answer => Assert.True(answer.Status >= 400 && answer.Cookie is null));
            Assert.False(Sessions.IsLive(await instances.Store.GetAsync(sid)));
            Assert.Equal(
                LeakCollector.Payload,
                (await instances.Clients[round % 3].SendAsync("/get", successor.TheCookie, TrustEndpoints.Owner)).Body
            );
        }

        output.WriteLine($"{backend}: {rounds} rounds of {Requests}, one successor each");
    }

    private async Task<(Answer Logout, Answer Rival)> RunAsync(
        Order order,
        TrustClient logoutAt,
        TrustClient rivalAt,
        string rival,
        string cookie,
        Random random
    )
    {
        switch (order)
        {
            case Order.RivalLate:
                {
                    var (acting, go) = await HoldAsync(rivalAt, rival, cookie);
                    var logout = await logoutAt.SendAsync("/logout", cookie);
                    await fleet.Meetings.ArriveAsync(go);
                    return (logout, await acting);
                }

            case Order.LogoutLate:
                {
                    var (leaving, go) = await HoldAsync(logoutAt, "logout", cookie);
                    var act = await rivalAt.SendAsync("/" + rival, cookie, "late", LeakCollector.Payload);
                    await fleet.Meetings.ArriveAsync(go);
                    return (await leaving, act);
                }

            default:
                {
                    var meeting = order == Order.Together ? fleet.Meetings.AddressOf(fleet.Meetings.New(2)) : "";
                    var leaving = logoutAt.SendAsync("/logout", cookie, headers: [(TrustEndpoints.MeetHeader, meeting), Wait(random)]);
                    var acting = rivalAt.SendAsync(
                        "/" + rival,
                        cookie,
                        "late",
                        LeakCollector.Payload,
                        headers: [(TrustEndpoints.MeetHeader, meeting), Wait(random)]
                    );
                    return (await leaving, await acting);
                }
        }
    }

    /// <summary>Sends a request that has read its session when this completes, and acts once someone comes to the meeting.</summary>
    private async Task<(Task<Answer> Answer, string Go)> HoldAsync(TrustClient client, string operation, string cookie)
    {
        var (read, go) = (fleet.Meetings.New(2), fleet.Meetings.New(2));
        var answer = client.SendAsync(
            "/" + operation,
            cookie,
            "late",
            LeakCollector.Payload,
            headers: (TrustEndpoints.MeetHeader, $"{fleet.Meetings.AddressOf(read)} {fleet.Meetings.AddressOf(go)}")
        );
        await fleet.Meetings.ArriveAsync(read);
        return (answer, go);
    }

    private static (string Name, string Value) Wait(Random random) =>
        (TrustEndpoints.WaitHeader, random.Next(2000).ToString(CultureInfo.InvariantCulture));

    private static string[] AttributesOf(string setCookie) =>
        [.. setCookie.Split("; ").Skip(1).Where(static attribute => !attribute.StartsWith("Expires=", StringComparison.Ordinal))];
}
