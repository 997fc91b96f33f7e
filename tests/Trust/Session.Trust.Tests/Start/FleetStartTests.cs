using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>
/// A fleet that is deployed: many processes start their stores at once if there is nothing yet, or an older form of it (F13, T23).
/// </summary>
/// <remarks>
/// The processes are real ones, 32 of them in the long run, and stay for all rounds: in each they wait for the word, then open a store on a
/// new place, write a session, read it and close the store. In the first round they have never opened one, in the later ones they are
/// quicker and meet more closely.
/// </remarks>
public sealed class FleetStartTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly int Processes = Scale.Of(4, 32);
    private static readonly int Rounds = Scale.Of(2, 50);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Shared => Places.Cases("sqlite", "file", "redis", "postgres", "mysql", "mongo");

    [Theory]
    [MemberData(nameof(Shared))]
    public async Task Processes_that_start_at_once_where_nothing_is_make_one_of_everything_and_lose_no_session(string backend) =>
        await RunAsync(backend, isOlder: false, Schema.Whole(backend));

    [Theory]
    [MemberData(nameof(OlderForm.Backends), MemberType = typeof(OlderForm))]
    public async Task Processes_that_start_at_once_where_Node_has_left_an_older_form_agree_on_one_and_keep_its_sessions(string backend) =>
        await RunAsync(backend, isOlder: true, OlderForm.Afterwards(backend));

    private async Task RunAsync(string backend, bool isOlder, string[] expected)
    {
        // Asked first, so that no process starts in vain.
        await fleet.Places.NewAsync(backend);
        await using var starters = await StarterFleet.StartAsync(Processes);
        var (took, atOnce) = (new List<double>(), new List<int>());
        for (var round = 0; round < Rounds; round++)
        {
            // 32 processes that all begin by compiling take most of a minute on two processors.
            var place = await fleet.Places.NewAsync(backend) with { Timeout = TimeSpan.FromMinutes(5) };
            var older = Sessions.NewSid();
            if (isOlder)
            {
                LeakCollector.Shared.AddSid(older);
                await OlderForm.MakeAsync(place, older);
            }

            var started = await starters.GoAsync(place);
            Assert.All(started, start => Assert.True(start.Answer.Error is null, $"Round {round}: {start.Answer.Error}"));
            took.AddRange(started.Select(static start => start.Answer.Took.TotalMilliseconds));
            atOnce.Add(Started.MostAtOnce(started));
            Assert.Equal(expected, await Schema.OfAsync(place));

            var store = place.Open();
            foreach (var sid in started.Select(static start => start.Sid).Concat(isOlder ? [older] : []))
            {
                Assert.True(Sessions.HasOwner(await store.GetAsync(sid, Cancel)), $"Round {round}: a session is not there.");
            }

            Assert.Equal(Processes + (isOlder ? 1 : 0), await ((IEnumerableSessionStore)store).LengthAsync(Cancel));
            await StorePlace.CloseAsync(store);
        }

        await starters.EndAsync();
        output.WriteLine(
            $"{backend}, {(isOlder ? "an older form" : "empty")}: {Processes} processes, {Rounds} rounds, at least {atOnce.Min()} and "
                + $"at most {atOnce.Max()} "
                + $"of them at once, 0 errors; a start: {took.Milliseconds()}; of the first round "
                + $"{took.Take(Processes).ToList().Milliseconds()}"
        );
        Assert.True(atOnce.Max() > 1, "No two of them started at once.");
    }
}
