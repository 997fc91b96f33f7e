using ServerSessions.Trust.Tests.Prune;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A host is killed while its users log in, log out and are given new ids, and while it prunes (F30): what a new host finds in the same
/// place. One process serves all backends, so that a kill is one of each.
/// </summary>
public sealed class KilledTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Users = 6;

    // A few calls' work for a host that prunes in small batches, so that it is at it when it is killed.
    private const int Expired = 100;
    private const int Batch = 3;

    private static readonly int Kills = Scale.Of(5, 50);

    // Some hundred requests.
    private static readonly TimeSpan AtMost = TimeSpan.FromMilliseconds(150);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_whatever_moment_a_process_is_killed_each_session_is_whole_under_its_old_or_its_new_id_and_what_was_ended_stays_so()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var crowds = new List<Crowd>();
        foreach (var backend in StorePlace.Backends.Where(static backend => backend != "memory"))
        {
            if (await fleet.Places.WhyMissingAsync(backend) is null)
            {
                crowds.Add(new Crowd(await fleet.Places.NewAsync(backend), new Random(random.Next())));
            }
        }

        List<StorePlace> places = [.. crowds.Select(static crowd => crowd.Place)];
        var host = HostProcess.Start(places);
        var addresses = await host.AddressesAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.WhenAll(crowds.Select(static crowd => crowd.AddExpiredAsync()));
            var pruning = PruneAsync(host);
            var running = crowds.Zip(addresses, static (crowd, address) => crowd.RunAsync(address)).ToList();
            await Task.WhenAny(Task.WhenAll(crowds.Select(static crowd => crowd.Started)), Task.WhenAny(running).Unwrap());
            await Task.Delay(AtMost * random.NextDouble(), Cancel);
            host.Kill();
            await Task.WhenAll(running);
            await pruning;
            await host.GoneAsync();
            crowds.ForEach(static crowd => crowd.CountTemporaryFiles());

            host = HostProcess.Start(places);
            addresses = await host.AddressesAsync();
            var first = await host.PruneAsync(Expired * 2);
            Assert.All(await host.PruneAsync(Expired * 2) ?? [-1], static removed => Assert.Equal(0, removed));
            for (var i = 0; i < crowds.Count; i++)
            {
                await crowds[i].LookAsync(addresses[i], first![i]);
            }
        }

        Assert.EndsWith(", 0 hits", await host.EndAsync(), StringComparison.Ordinal);
        crowds.ForEach(crowd => output.WriteLine($"{crowd}, seed {seed}"));
    }

    private static async Task PruneAsync(HostProcess host)
    {
        while (await host.PruneAsync(Batch) is not null)
        {
            // Goes on until it is killed.
        }
    }

    /// <summary>The users of one backend.</summary>
    private sealed class Crowd(StorePlace place, Random random)
    {
        private readonly Dictionary<string, int> _kills = new(StringComparer.Ordinal);
        private List<KilledUser> _users =
        [
            .. Enumerable.Range(0, Users).Select(i => new KilledUser($"user{i}", new Random(random.Next()))),
        ];
        private int _pruned;
        private int _temporary;
        private int _moved;
        private int _copies;

        public StorePlace Place => place;

        public Task Started => Task.WhenAll(_users.Select(static user => user.Started));

        public async Task AddExpiredAsync()
        {
            var now = TimeProvider.System.GetUtcNow();
            var behind = place.Open(new ToldClock(now - TimeSpan.FromHours(2)));
            if (behind is IPrunableSessionStore)
            {
                await ManyExpired.AddAsync(place, behind, now, Expired);
            }

            await StorePlace.CloseAsync(behind);
        }

        public async Task RunAsync(Uri address)
        {
            using var client = new TrustClient(address);
            await Task.WhenAll(_users.Select(user => user.RunAsync(client)));
        }

        public void CountTemporaryFiles() => _temporary += TemporaryFiles().Count();

        public async Task LookAsync(Uri address, int pruned)
        {
            using var client = new TrustClient(address);
            var store = place.Open();
            _pruned += pruned;
            Assert.Empty(TemporaryFiles());
            var all = await ((IEnumerableSessionStore)store).AllAsync(Cancel).ToListAsync(Cancel);
            var sessions = all.FindAll(static entry => Sessions.IsLive(entry.Record));
            var (left, accounted) = (new List<Left>(), 0);
            foreach (var user in _users)
            {
                _kills[user.Act] = _kills.GetValueOrDefault(user.Act) + 1;
                left.Add(await user.LookAsync(sessions, client));
                accounted += left[^1].Untold.Count + (left[^1].Held is null ? 0 : 1);
            }

            Assert.Equal(accounted, sessions.Count);
            foreach (var (user, one) in _users.Zip(left))
            {
                await EndUntoldAsync(store, user, one, client);
            }

            // What sessions leave behind that have moved would end by itself in the midst of a run that is longer than five minutes, and
            // between two prunes.
            foreach (var mark in all.Except(sessions))
            {
                await store.DestroyAsync(mark.Sid, Cancel);
            }

            _users = [.. _users.Zip(left, static (user, one) => user.Next(one))];
            await StorePlace.CloseAsync(store);
        }

        public override string ToString() =>
            $"{place.Backend}: {Kills} kills within "
            + string.Join(
                ", ",
                _kills.OrderBy(static kill => kill.Key, StringComparer.Ordinal).Select(static kill => $"{kill.Value} x {kill.Key}")
            )
            + "; "
            + $"{_moved} sessions moved and {_copies} copied and no one told; {_pruned} pruned afterwards, {_temporary} temporary "
            + $"files left";

        /// <summary>So that the next kill is looked at alone.</summary>
        private async Task EndUntoldAsync(ISessionStore store, KilledUser user, Left left, TrustClient client)
        {
            if (user.Act == "regenerate" && left.Held is null)
            {
                // The sign-out finds where it has gone.
                _moved++;
                await user.SignOutAsync(client);
                Assert.Null(await store.GetAsync(left.Untold.Single(), Cancel));
                return;
            }

            _copies += user.Act == "regenerate" ? left.Untold.Count : 0;
            foreach (var sid in left.Untold)
            {
                await store.DestroyAsync(sid, Cancel);
            }
        }

        private IEnumerable<string> TemporaryFiles() =>
            place.Backend == "file" ? Directory.EnumerateFiles(place.Connection, "*.tmp", SearchOption.AllDirectories) : [];
    }
}
