using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// Two instances on one store whose clocks are apart (T07, T29, F20): what that may do to a session's lifetime, and what it may not. By the
/// lifetime that an instance has written and the clock of the one that looks: apart by an hour, ten minutes may be over at once, or be
/// seventy.
/// </summary>
public sealed class ClocksApartTests(Fleet fleet, ITestOutputHelper output)
{
    /// <summary>Every backend that two processes can share, and seconds.</summary>
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var backend in StorePlace.Backends.Where(static backend => backend != "memory"))
            {
                cases.Add(backend, 90);
                cases.Add(backend, 3600);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_session_lives_as_long_as_it_says_give_or_take_what_the_clocks_are_apart(string backend, int seconds)
    {
        var skew = TimeSpan.FromSeconds(seconds);
        var lifetime = TimeSpan.FromMinutes(10);
        await using var apart = await InstancesApart.StartAsync(fleet, backend, lifetime, absolute: null, skew / 2, -skew / 2);
        foreach (var (used, seen) in apart.Pairs)
        {
            var life = apart.LifeOf(used, seen);
            Assert.InRange(life, lifetime - skew, lifetime + skew);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{backend}, {NameOf(used)} used it, {NameOf(seen)} looks: {life.TotalSeconds:0} s of {lifetime.TotalSeconds:0} s"
                )
            );
            if (life <= TimeSpan.Zero)
            {
                var early = await used.LoginAsync();
                Assert.False(await seen.UseAsync(early));
                Assert.True(await used.UseAsync(early));
                continue;
            }

            foreach (var (after, isThere) in ((TimeSpan, bool)[])[(life - apart.Early, true), (life + apart.Late, false)])
            {
                var cookie = await used.LoginAsync();
                await apart.PassAsync(after);
                await seen.PruneAsync();
                Assert.Equal(isThere, await seen.UseAsync(cookie));
            }
        }

        string NameOf(Instance instance) => instance == apart.All[0] ? "the clock ahead" : "the clock behind";
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Used_on_both_in_turn_a_session_lives_until_its_absolute_end_give_or_take_what_the_clocks_are_apart(
        string backend,
        int seconds
    )
    {
        var skew = TimeSpan.FromSeconds(seconds);
        var (lifetime, absolute) = (skew * 4, skew * 12);
        foreach (var first in (int[])[0, 1])
        {
            await using var apart = await InstancesApart.StartAsync(fleet, backend, lifetime, absolute, skew / 2, -skew / 2);
            var cookie = await apart.All[first].LoginAsync();
            var (passed, last, uses) = (TimeSpan.Zero, absolute - skew - apart.Early, 0);
            while (passed < last)
            {
                var step = lifetime - skew - apart.Early;
                step = step < last - passed ? step : last - passed;
                await apart.PassAsync(step);
                passed += step;
                var instance = apart.All[(first + ++uses) % 2];
                await instance.PruneAsync();
                Assert.True(await instance.UseAsync(cookie), $"Over after {passed}.");
            }

            // No one used it for less than it may idle: what ends it is its absolute lifetime.
            var rest = (skew * 2) + apart.Early + apart.Late;
            Assert.True(rest < lifetime - skew);
            await apart.PassAsync(rest);
            Assert.False(await apart.All[0].UseAsync(cookie));
            Assert.False(await apart.All[1].UseAsync(cookie));
            output.WriteLine(
                $"{backend}: used {uses} times in turn, there after {passed}, over after {passed + rest}; absolute lifetime {absolute}"
            );
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sign_out_on_one_instance_is_final_on_the_other_however_far_their_clocks_are_apart(string backend, int seconds)
    {
        var skew = TimeSpan.FromSeconds(seconds);
        await using var apart = await InstancesApart.StartAsync(
            fleet,
            backend,
            TimeSpan.FromMinutes(10),
            absolute: null,
            skew / 2,
            -skew / 2
        );
        foreach (var (one, other) in apart.Pairs)
        {
            // Where the session was made, a request has read it and is slow.
            var cookie = await one.LoginAsync();
            var (read, go) = (fleet.Meetings.New(2), fleet.Meetings.New(2));
            var slow = one.Host.Client.SendAsync(
                "/set",
                cookie,
                "late",
                LeakCollector.Payload,
                headers: (TrustEndpoints.MeetHeader, $"{fleet.Meetings.AddressOf(read)} {fleet.Meetings.AddressOf(go)}")
            );
            await fleet.Meetings.ArriveAsync(read);
            Assert.Equal(200, (await other.Host.Client.SendAsync("/logout", cookie)).Status);
            await fleet.Meetings.ArriveAsync(go);
            await slow;

            foreach (var instance in apart.All)
            {
                Assert.False(await instance.UseAsync(cookie));
                Assert.False(Sessions.IsLive(await instance.Store.GetAsync(Answer.SidOf(cookie))));
            }
        }
    }
}
