using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// Clocks that are set forwards and back while sessions are used, written, pruned and ended (T07, T29, F21), beside a model of one session:
/// it is there if the clock of its last user and the clock of the caller say so, until one of them removes it.
/// </summary>
public sealed class ClockStepTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Furthest = 2 * 60 * 60;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Absolute = TimeSpan.FromHours(3);

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task However_clocks_are_set_a_session_is_there_as_they_say_and_what_was_ended_stays_ended(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);

        // A memory store has one process, and that one clock.
        TimeSpan[] offsets = backend == "memory" ? [TimeSpan.Zero] : [TimeSpan.Zero, TimeSpan.Zero];
        await using var apart = await InstancesApart.StartAsync(fleet, backend, Lifetime, Absolute, offsets);
        var model = new SessionOnClocks(apart, Lifetime, Absolute);
        var cookie = await BeginAsync(apart.All[0]);
        var (steps, there, absent, ended, acts) = (0, 0, 0, 0, Scale.Of(150, 3000));
        for (var act = 0; act < acts; act++)
        {
            var instance = apart.All[random.Next(apart.All.Count)];
            if (model.IsTooCloseToTell(instance))
            {
                await PassAsync(TimeSpan.FromMinutes(3));
                continue;
            }

            switch (random.Next(10))
            {
                case 0:
                    steps++;
                    instance.Clock.Now = model.Time + TimeSpan.FromSeconds(random.Next(-Furthest, Furthest));
                    break;
                case 1:
                    await PassAsync(TimeSpan.FromSeconds(random.Next((int)Lifetime.TotalSeconds * 4 / 3)));
                    break;
                case 2:
                    await instance.PruneAsync();
                    model.Prune(instance);
                    break;
                case 3 when random.Next(3) == 0:
                    Assert.Equal(200, (await instance.Host.Client.SendAsync("/logout", cookie)).Status);
                    model.End();
                    ended++;
                    break;
                case >= 3 and <= 7 when model.IsGone:
                    foreach (var each in apart.All)
                    {
                        Assert.False(await each.UseAsync(cookie), $"An ended session is back; seed {seed}, act {act}.");
                    }

                    cookie = await BeginAsync(instance);
                    break;
                default:
                    var expected = model.Use(instance);
                    var isThere = await instance.UseAsync(cookie, random.Next(2) == 0 ? "/get" : "/add-and-get");
                    Assert.True(expected == isThere, $"{(expected ? "Lost" : "Too long")}; seed {seed}, act {act}.");
                    (there, absent) = isThere ? (there + 1, absent) : (there, absent + 1);
                    break;
            }
        }

        output.WriteLine(
            $"{backend}: {steps} times a clock was set; there {there} times, absent {absent} times, {ended} sign-outs, each as the "
                + $"clocks say"
        );

        async Task<string> BeginAsync(Instance instance)
        {
            var begun = await instance.LoginAsync();
            model.Begin(instance);
            return begun;
        }

        async Task PassAsync(TimeSpan time)
        {
            await apart.PassAsync(time);
            model.Time += time;
        }
    }
}
