using System.Globalization;
using System.Text.RegularExpressions;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// A session that is used every minute and gets a new id every ten, until its absolute lifetime is over (F19): what is told to the browser
/// and to the backend never lies beyond that.
/// </summary>
public sealed partial class AbsoluteEndTests(Fleet fleet)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan Absolute = TimeSpan.FromMinutes(60);

    // Backends keep whole milliseconds, and Redis counts by its own clock what is left: the time that a call takes lies in between.
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Used_every_minute_and_renewed_every_ten_a_session_ends_with_its_absolute_lifetime_and_so_do_its_cookie_and_what_the_backend_keeps(
        string backend
    )
    {
        // A server that removes by its own clock removes nothing here.
        var clock = new ToldClock(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(1));
        var store = (await fleet.Places.NewAsync(backend)).Open(clock);
        await using var host = await TrustHost.StartAsync(
            store,
            options => (options.IdleTimeout, options.AbsoluteTimeout, options.Cookie.MaxAge) = (Idle, Absolute, Idle),
            clock: clock
        );
        var answer = await host.Client.SendAsync("/login", null, null, LeakCollector.Payload);
        var end = clock.Now + Absolute;
        var cookie = answer.TheCookie;
        for (var minute = 0; clock.Now < end; minute++)
        {
            AssertEnds(answer, clock.Now, end);
            var record = await store.GetAsync(Answer.SidOf(cookie), Cancel);
            Assert.NotNull(record);
            Assert.True(record.Expires <= end + Grain, $"Kept until {record.Expires - end} after the end.");

            clock.Now += TimeSpan.FromMinutes(1);
            if (minute % 10 == 5)
            {
                // A new id changes nothing about the end.
                answer = await host.Client.SendAsync("/regenerate", cookie);
                AssertEnds(answer, clock.Now, end);
                Assert.NotEqual(cookie, answer.TheCookie);
                cookie = answer.TheCookie;
            }

            answer = await host.Client.SendAsync(
                minute % 2 == 0 ? "/add-and-get" : "/get",
                cookie,
                minute % 2 == 0 ? "key" : TrustEndpoints.Owner,
                LeakCollector.Payload
            );
            Assert.Equal(clock.Now < end ? LeakCollector.Payload : TrustEndpoints.None, answer.Body);
            cookie = clock.Now < end ? answer.Cookie ?? cookie : cookie;
        }

        Assert.Null(await store.GetAsync(Answer.SidOf(cookie), Cancel));
        await StorePlace.CloseAsync(store);
    }

    private static void AssertEnds(Answer answer, DateTimeOffset now, DateTimeOffset end)
    {
        foreach (var set in answer.SetCookies)
        {
            var expires = Expires().Match(set);
            Assert.True(expires.Success, "A cookie without an end.");
            Assert.InRange(DateTimeOffset.Parse(expires.Groups[1].ValueSpan, CultureInfo.InvariantCulture), now, end);
        }
    }

    [GeneratedRegex("expires=([^;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Expires();
}
