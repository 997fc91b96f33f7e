using System.Globalization;
using System.Security.Cryptography;

namespace ServerSessions.Simulation.Users;

/// <summary>
/// Random histories of one user's sessions: what the model was checked with, in every order that the seed chooses, with a crash after any
/// store call. SESSION_SIMULATION_RUNS sets how many of each scenario, of a fresh seed each then; SESSION_SIMULATION_SEED replays one.
/// </summary>
public sealed class UserSimulationTests(ITestOutputHelper output)
{
    private const int FirstSeed = 40_000;
    private const int Usual = 60;
    private const int LongRun = 5000;
    private const int LatestCrash = 14;

    public static TheoryData<string> Scenarios =>
        [
            "sign in, renew, end all, sign out",
            "renew, renew, sign out",
            "renew, renew, end all",
            "renew, renew, end all, sign out",
            "sign in, renew, end all, end all",
            "renew twice, sign out",
            "renew twice, sign out by the new id, end all",
            "renew, end, list",
            "sign in, sign in, write, list, end all",
            "write, renew, list, end",
            "sign out, sign out by the new id, renew twice, list",
        ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Whatever_the_order_and_the_crash_no_live_session_is_unlisted_and_none_outlives_its_end(string scenario)
    {
        var crashes = 0;
        foreach (var seed in Seeds())
        {
            crashes += await RunAsync(seed, scenario.Split(", "), limit: 100) ? 1 : 0;
        }

        output.WriteLine($"{Runs} histories from seed {First}, {crashes} with a crash");
        Assert.True(crashes > 0 || Runs == 1);
    }

    [Fact]
    public async Task Whatever_the_order_and_the_crash_no_more_sessions_are_listed_than_a_user_may_have()
    {
        foreach (var seed in Seeds())
        {
            await RunAsync(seed, ["sign in", "sign in", "sign in", "renew", "sign out"], limit: 2);
        }

        output.WriteLine($"{Runs} histories from seed {First}");
    }

    [Fact]
    public async Task Without_compare_and_set_the_simulation_finds_sessions_that_no_list_has()
    {
        var found = new List<string>();
        for (var seed = 1; seed <= Usual; seed++)
        {
            await using var world = new UsersWorld(seed, comparesAndSets: false);
            Run(world, [new Actor("sign in", 0), new Actor("sign in", 0), new Actor("renew", 0)]);
            found.AddRange(world.Violations);
        }

        Assert.Contains(found, static violation => violation.Contains("U1", StringComparison.Ordinal));
    }

    private static int First { get; } =
        Setting("SESSION_SIMULATION_SEED")
        ?? (IsUsual ? FirstSeed : RandomNumberGenerator.GetInt32(int.MaxValue / 2));

    private static bool IsUsual =>
        Setting("SESSION_SIMULATION_RUNS") is null && Environment.GetEnvironmentVariable("SESSION_TRUST") != "long";

    private static int Runs { get; } =
        Setting("SESSION_SIMULATION_SEED") is not null ? 1
        : Setting("SESSION_SIMULATION_RUNS") ?? (IsUsual ? Usual : LongRun);

    private static IEnumerable<int> Seeds() => Enumerable.Range(First, Runs);

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    /// <summary>Runs a history: a user is signed in, all act at once, and then the list is looked at twice.</summary>
    /// <returns>Whether one has crashed.</returns>
    private static async Task<bool> RunAsync(int seed, string[] acts, int limit)
    {
        await using var world = new UsersWorld(seed, limit);
        var hasCrash = world.Random.Next(4) > 0;
        var crashing = hasCrash ? world.Random.Next(acts.Length) : -1;
        var actors = acts.Select((act, place) => new Actor(act, place == crashing ? world.Random.Next(1, LatestCrash) : 0)).ToList();
        Run(world, actors);
        Assert.True(
            world.Violations.Count == 0,
            $"Seed {seed} ({string.Join(", ", actors)}):\n{string.Join('\n', world.Violations)}\n{string.Join('\n', world.History)}"
        );
        return actors.Exists(static actor => !actor.IsDone);
    }

    /// <summary>Runs a history, and notes in the world what it violates.</summary>
    private static void Run(UsersWorld world, IReadOnlyList<Actor> actors)
    {
        world.Run(async () =>
        {
            var (_, cookie) = await world.SendAsync("in");
            var handle = world.Now.Sessions.Single().Handle;
            var can = new UserActs(world, cookie!, handle);
            await Task.WhenAll(actors.Select(actor => actor.RunAsync(can.Find(actor.Name))));
            world.Note("all have acted");
            if (can.IsSignedOut && world.Now.IsLive(handle))
            {
                world.Violate("U5: a session is live after its sign-out was acknowledged");
            }

            // What a crash has left is older than the grace now, and the first look completes it.
            await world.WaitAsync(TimeSpan.FromMinutes(6));
            var users = world.Users();
            await users.ListAsync(UsersWorld.Subject);
            world.Note("the list was looked at");
            CheckEnd(world, await users.ListAsync(UsersWorld.Subject));
        });
    }

    /// <summary>At rest, the list names the live sessions and no others, and shows each once.</summary>
    private static void CheckEnd(UsersWorld world, UserSessionList list)
    {
        var now = world.Now;
        var listed = now.Lists.TryGetValue(UsersWorld.Subject, out var atRest) ? atRest.Entries : [];
        var live = now.Sessions.Select(static session => session.Handle).Distinct().Order().ToList();
        if (!listed.Select(static entry => entry.Handle).Order().SequenceEqual(live))
        {
            world.Violate($"the list at rest has {listed.Count} sessions, and {live.Count} are live");
        }

        if (!list.Sessions.Select(static session => session.Handle).Order().SequenceEqual(live))
        {
            world.Violate($"the list shows {list.Sessions.Count} sessions, and {live.Count} are live");
        }

        if (listed.Any(static entry => entry.IsEnding))
        {
            world.Violate("an end was noted and never completed");
        }
    }
}
