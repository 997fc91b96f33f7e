using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>
/// New secrets while visitors come and go: no one is logged out whose secret is listed, and no one else is let in (F32, T35).
/// </summary>
public sealed class RotationTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Visitors = 8;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Nobody_is_logged_out_while_the_secret_is_listed_and_what_a_removed_one_signed_is_refused(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var rotations = Scale.Of(3, 10);
        string[] secrets = [LeakCollector.Secret, .. Alphabet.Take(rotations).Select(static letter => $"{LeakCollector.Secret}-{letter}")];
        var lines = new LineCounter();
        await using var hosts = new RotatingHosts(await fleet.Places.NewAsync(backend), lines);
        await ReplaceAllAsync(hosts, secrets[0], [], () => Task.CompletedTask);

        // Those who come all the time; those who have a cookie of each secret and stay away; and one who comes back before the first secret
        // is removed.
        var busy = new List<Visitor>();
        for (var visitor = 0; visitor < Visitors; visitor++)
        {
            busy.Add(await LogInAsync(visitor.ToString(CultureInfo.InvariantCulture)));
        }

        var away = new List<Visitor> { await LogInAsync("away") };
        var returns = await LogInAsync("returns");
        var ofFirst = returns.Cookie;
        using var ending = new CancellationTokenSource();
        var traffic = Task.WhenAll(
            busy.Select(
                (visitor, number) =>
                    Task.Run(
                        async () =>
                        {
                            for (var random = new Random(seed + number); !ending.IsCancellationRequested;)
                            {
                                await visitor.AskAsync(hosts.Any(random), random.Next(2) == 0, Cancel);
                            }
                        },
                        Cancel
                    )
            )
        );

        for (var rotation = 1; rotation <= rotations; rotation++)
        {
            // First each host learns to accept the next secret; then each, in turn, signs with it.
            var former = secrets[..rotation].Reverse().ToList();
            await ReplaceAllAsync(hosts, former[0], [secrets[rotation], .. former[1..]], GoOnAsync);
            await ReplaceAllAsync(hosts, secrets[rotation], former, GoOnAsync);
            away.Add(await LogInAsync($"away-{rotation}"));
        }

        await returns.AskAsync(hosts.All.Last(), isChange: false, Cancel);
        await ReplaceAllAsync(hosts, secrets[^1], secrets[1..^1], GoOnAsync);
        await ending.CancelAsync();
        await traffic;

        foreach (var visitor in (IEnumerable<Visitor>)[.. busy, .. away.Skip(1), returns])
        {
            foreach (var host in hosts.All)
            {
                await visitor.AskAsync(host, isChange: true, Cancel);
            }
        }

        Assert.All(busy, visitor => Assert.True(visitor.SignedAnew >= rotations));
        Assert.All((IEnumerable<Visitor>)[.. away.Skip(1).SkipLast(1), returns], static visitor => Assert.Equal(1, visitor.SignedAnew));
        var logged = lines.Count;
        var refused = Scale.Of(100, 2_000);
        for (var request = 0; request < refused; request++)
        {
            await AssertRefusedAsync(hosts.All.ElementAt(request % RotatingHosts.Count), request % 2 == 0 ? away[0].Cookie : ofFirst);
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}: {rotations} rotations, {busy.Sum(static visitor => visitor.Requests):N0} requests, "
                    + $"{busy.Sum(static visitor => visitor.SignedAnew):N0} cookies signed again; {logged} lines logged, "
                    + $"{lines.Count - logged} for {refused:N0} refused"
            )
        );
        Assert.Equal(0, lines.Count - logged);

        // What counts lines does count them: a host says that its secret is short.
        await (await hosts.ReplaceAsync(0, "a short one", []))!.DisposeAsync();
        Assert.Equal(logged + 1, lines.Count);

        async Task<Visitor> LogInAsync(string owner) =>
            await Visitor.LogInAsync(hosts.Any(Random.Shared), $"{LeakCollector.Payload}{owner}", secrets);

        // A client of the host that is gone has its response by then, and every client has met the one in its place.
        async Task GoOnAsync()
        {
            var until = busy.Select(static visitor => visitor.Requests + 3).ToList();
            while (!traffic.IsCompleted && busy.Zip(until).Any(static pair => pair.First.Requests < pair.Second))
            {
                await Task.Delay(1, Cancel);
            }

            if (traffic.IsCompleted)
            {
                await traffic;
            }
        }
    }

    [Fact]
    public async Task A_host_that_does_not_list_the_next_secret_refuses_what_the_others_sign_with_it_and_ends_nothing()
    {
        await using var hosts = new RotatingHosts(new StorePlace("memory", ""), new LineCounter());
        var next = LeakCollector.Secret + "-next";
        await hosts.ReplaceAsync(0, LeakCollector.Secret, []);
        await hosts.ReplaceAsync(1, next, [LeakCollector.Secret]);
        var (behind, ahead) = (hosts.All.First(), hosts.All.Last());
        var visitor = await Visitor.LogInAsync(ahead, LeakCollector.Payload, [next]);

        await AssertRefusedAsync(behind, visitor.Cookie);
        await visitor.AskAsync(ahead, isChange: false, Cancel);
    }

    [Fact]
    public async Task A_host_that_does_not_list_the_next_secret_takes_what_a_session_left_under_its_old_id_for_no_session()
    {
        await using var hosts = new RotatingHosts(new StorePlace("memory", ""), new LineCounter());
        var next = LeakCollector.Secret + "-next";
        await hosts.ReplaceAsync(0, LeakCollector.Secret, []);
        await hosts.ReplaceAsync(1, next, [LeakCollector.Secret]);
        var (behind, ahead) = (hosts.All.First(), hosts.All.Last());
        var old = (await behind.Host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;
        var own = (await ahead.Host.Client.SendAsync("/regenerate", old)).TheCookie;
        LeakCollector.Shared.AddSid(Answer.SidOf(own), next);

        var keys = await behind.Host.Client.SendAsync("/keys", old);
        Assert.Equal((200, "", 0), (keys.Status, keys.Body, keys.SetCookies.Count));
        var written = await behind.Host.Client.SendAsync("/set", old, "key", LeakCollector.Payload);
        Assert.False(Answer.SidOf(written.TheCookie) == Answer.SidOf(old), "The old id was taken up again.");
        Assert.Equal(LeakCollector.Payload, (await ahead.Host.Client.SendAsync("/get", own, TrustEndpoints.Owner)).Body);
    }

    private static async Task ReplaceAllAsync(RotatingHosts hosts, string secret, IReadOnlyCollection<string> others, Func<Task> goOn)
    {
        for (var number = 0; number < RotatingHosts.Count; number++)
        {
            var former = await hosts.ReplaceAsync(number, secret, others);
            await goOn();
            if (former is not null)
            {
                await former.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// A visitor without a session: no call of the store, no cookie, and a session under an id of its own when something is put into it.
    /// </summary>
    private static async Task AssertRefusedAsync(RotatingHost at, string cookie)
    {
        var calls = at.Store.Calls;
        var read = await at.Host.Client.SendAsync("/get", cookie, TrustEndpoints.Owner, cancellationToken: Cancel);
        Assert.Equal((200, TrustEndpoints.None, 0, calls), (read.Status, read.Body, read.SetCookies.Count, at.Store.Calls));

        var written = await at.Host.Client.SendAsync("/set", cookie, "key", LeakCollector.Payload, cancellationToken: Cancel);
        Assert.Equal((200, calls + 1), (written.Status, at.Store.Calls));
        Assert.False(Answer.SidOf(written.TheCookie) == Answer.SidOf(cookie), "The id was adopted.");
    }
}
