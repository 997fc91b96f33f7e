using System.Diagnostics;
using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Leaks;

/// <summary>
/// Whether the time of a look-up tells how much of an id was guessed (T34). No one gets as far without the secret: an id that is not signed
/// is not looked up.
/// </summary>
public sealed class LookupTimingTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Sessions = 1000;
    private const double Significant = 5;

    // Microseconds, beside one a character.
    private const double Noise = 100;

    private readonly List<string> _sids = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task How_long_a_look_up_takes_does_not_tell_how_many_characters_of_an_id_were_guessed(string backend)
    {
        var store = (await fleet.Places.NewAsync(backend)).Open();
        var score = await ScoreAsync(backend, store, async (guess, _) =>
        {
            var began = Stopwatch.GetTimestamp();
            var record = await store.GetAsync(guess, Cancel);
            return (record, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        });
        await StorePlace.CloseAsync(store);
        Assert.InRange(score, -Significant, Significant);
    }

    [Fact]
    public async Task A_look_up_that_compares_character_by_character_is_found_out()
    {
        var store = new StorePlace("memory", "").Open();
        var random = new Random(1);

        // A time that is told and not taken: what the machine does meanwhile is no part of it.
        var score = await ScoreAsync("character by character", store, async (guess, shared) =>
            (await store.GetAsync(guess, Cancel), shared + (random.NextDouble() * Noise))
        );
        await StorePlace.CloseAsync(store);
        Assert.True(score > Significant, $"{score}");
    }

    private async Task<double> ScoreAsync(
        string backend,
        ISessionStore store,
        Func<string, int, ValueTask<(SessionRecord? Record, double Microseconds)>> lookUp
    )
    {
        var seed = System.Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);

        // The server for tests that stands in for MongoDB looks through all it has.
        var samples = Scale.Of(backend == "mongo" ? 300 : 3000, 100_000);
        _sids.AddRange(Enumerable.Range(0, Sessions).Select(static _ => Support.Sessions.NewSid()));
        await Parallel.ForEachAsync(_sids, Cancel, (sid, cancel) => store.SetAsync(sid, Support.Sessions.Record("owner"), cancel));

        var (shared, times, hits) = (new List<double>(samples), new List<double>(samples), new List<double>());
        for (var sample = 0; sample < samples; sample++)
        {
            // In no order, so that nothing that changes meanwhile goes along with what was guessed.
            var sid = _sids[random.Next(Sessions)];
            var length = random.Next(sid.Length + 1);
            var guess = Guess(sid, length);
            var (record, time) = await lookUp(guess, length);
            Assert.Equal(length == sid.Length, record is not null);
            if (record is null)
            {
                shared.Add(length);
                times.Add(time);
            }
            else
            {
                hits.Add(time);
            }
        }

        var score = RankCorrelation.Score(shared, times);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}: {times.Count:N0} misses, median {times.Percentile(50):0.0} us, of 0 characters {Median(0):0.0}, of 31 "
                    + $"{Median(31):0.0}; {hits.Count:N0} hits, {hits.Percentile(50):0.0}; score {score:0.00}"
            )
        );
        return score;

        double Median(int length) => times.Where((_, i) => shared[i].Equals(length)).Percentile(50);
    }

    /// <summary>
    /// An id that no one has, with the first characters of one that someone has; that one itself if all of it was guessed.
    /// </summary>
    private static string Guess(string sid, int length)
    {
        if (length == sid.Length)
        {
            return sid;
        }

        var other = Support.Sessions.NewSid();
        var wrong = other[length] == sid[length] ? (sid[length] == 'a' ? 'b' : 'a') : other[length];
        return sid[..length] + wrong + other[(length + 1)..];
    }
}
