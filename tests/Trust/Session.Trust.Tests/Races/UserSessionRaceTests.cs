using System.Security.Cryptography;
using System.Text.Json;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Races;

/// <summary>
/// The list of a user's sessions is true on every store, whatever three instances do at once, of which two are processes of their own.
/// </summary>
public sealed class UserSessionRaceTests(Fleet fleet, ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task After_parallel_sign_ins_renewals_and_sign_outs_the_live_sessions_of_a_user_are_the_listed_ones(string backend)
    {
        const int Devices = 12;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var instances = await fleet.OfAsync(backend);
        var rounds = Scale.Of(2, 100);
        for (var round = 0; round < rounds; round++)
        {
            var user = RandomNumberGenerator.GetHexString(16);
            var devices = await Task.WhenAll(Enumerable.Range(0, Devices).Select(_ => SignInAsync(instances, random, user)));

            // Each device does one of three things; two sign in beside them.
            var acts = devices.Select((cookie, place) => ActAsync(instances, random, cookie, place % 3));
            var fresh = Enumerable.Range(0, 2).Select(_ => SignInAsync(instances, random, user));
            string?[] cookies = [.. await Task.WhenAll(acts), .. await Task.WhenAll(fresh)];

            var live = new List<string>();
            foreach (var cookie in cookies.OfType<string>())
            {
                var who = await instances.Clients[random.Next(3)].SendAsync("/user-who", cookie);
                Assert.Equal(200, who.Status);
                if (who.Body != TrustEndpoints.None)
                {
                    live.Add(who.Body);
                }
            }

            Assert.Equal((Devices * 2 / 3) + 2, live.Count);
            foreach (var client in instances.Clients)
            {
                Assert.Equal(live.Order(), await ListAsync(client, user));
            }
        }

        output.WriteLine($"{backend}: {rounds} rounds of {Devices + 2} sessions, each list true on all three instances");
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task The_end_of_all_sessions_holds_on_every_instance_and_against_sign_ins_that_were_acknowledged_before(string backend)
    {
        const int Devices = 8;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var instances = await fleet.OfAsync(backend);
        var rounds = Scale.Of(3, 200);
        var survivors = 0;
        for (var round = 0; round < rounds; round++)
        {
            var user = RandomNumberGenerator.GetHexString(16);
            var before = await Task.WhenAll(Enumerable.Range(0, Devices).Select(_ => SignInAsync(instances, random, user)));
            var renewals = before.Take(2).Select(cookie => instances.Clients[random.Next(3)].SendAsync("/regenerate", cookie)).ToList();
            var beside = Enumerable.Range(0, 3).Select(_ => instances.Clients[random.Next(3)].SendAsync("/user-in", value: user)).ToList();
            var end = await instances.Clients[random.Next(3)].SendAsync("/user-end-all", value: user);
            Assert.Equal(200, end.Status);
            Assert.EndsWith(" 0", end.Body, StringComparison.Ordinal);

            var renewed = (await Task.WhenAll(renewals)).Select(static answer => answer.Cookie).OfType<string>();
            foreach (var cookie in before.Concat(renewed))
            {
                var who = await instances.Clients[random.Next(3)].SendAsync("/user-who", cookie);
                Assert.True(who.Body == TrustEndpoints.None, $"A session is live after the end of all; seed {seed}.");
            }

            // One that signed in at the same time is live and listed, or neither.
            var live = new List<string>();
            foreach (var cookie in (await Task.WhenAll(beside)).Select(static answer => answer.Cookie).OfType<string>())
            {
                var who = await instances.Clients[random.Next(3)].SendAsync("/user-who", cookie);
                live.AddRange(who.Body == TrustEndpoints.None ? [] : [who.Body]);
            }

            Assert.Equal(live.Order(), await ListAsync(instances.Clients[random.Next(3)], user));
            survivors += live.Count;
        }

        output.WriteLine($"{backend}: {rounds} ends of {Devices} sessions; {survivors} of {rounds * 3} sign-ins beside them came later");
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Parallel_sign_ins_of_one_user_all_succeed_and_are_all_listed(string backend)
    {
        const int Parallel = 64;
        var instances = await fleet.OfAsync(backend);
        var user = RandomNumberGenerator.GetHexString(16);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Parallel).Select(number => instances.Clients[number % 3].SendAsync("/user-in", value: user))
        );

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        Assert.Equal(answers.Select(static answer => answer.Body).Order(), await ListAsync(instances.Clients[0], user));
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task The_lists_of_users_are_never_among_the_sessions_of_the_store(string backend)
    {
        var instances = await fleet.OfAsync(backend);
        var user = RandomNumberGenerator.GetHexString(16);
        await instances.Clients[0].SendAsync("/user-in", value: user);

        await foreach (var entry in ((IEnumerableSessionStore)instances.Store).AllAsync())
        {
            using var json = JsonDocument.Parse(entry.Record.Payload);
            Assert.False(json.RootElement.TryGetProperty("__user", out _), "A list of a user's sessions is among the sessions.");
        }

        Assert.Single(await ListAsync(instances.Clients[0], user));
    }

    private static async Task<string> SignInAsync(Instances instances, Random random, string user)
    {
        var answer = await instances.Clients[random.Next(3)].SendAsync("/user-in", value: user);
        Assert.Equal(200, answer.Status);
        return answer.TheCookie;
    }

    /// <returns>The cookie that the device has then; nothing after a sign-out.</returns>
    private static async Task<string?> ActAsync(Instances instances, Random random, string cookie, int act)
    {
        var client = instances.Clients[random.Next(3)];
        var answer = act switch
        {
            0 => await client.SendAsync("/logout", cookie),
            1 => await client.SendAsync("/regenerate", cookie),
            _ => await client.SendAsync("/set", cookie, "key", "value"),
        };
        Assert.Equal(200, answer.Status);
        return act switch
        {
            0 => null,
            1 => answer.TheCookie,
            _ => cookie,
        };
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TrustClient client, string user)
    {
        var list = await client.SendAsync("/user-list", value: user);
        Assert.Equal(200, list.Status);
        return [.. list.Body.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order()];
    }
}
