using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>How long a session lasts: maxAge, originalMaxAge, expires.</summary>
public sealed class LifetimeCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string InTheYear2099 = "2099-01-01T00:00:00.000Z";

    private static TimeSpan Until2099 => new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow();

    [Theory, BothSides]
    public Task By_default_the_cookie_has_no_end(Side side) =>
        On(side, "{}")
            .Send(CookieGet("maxAge"), CookieGet("expires"), CookieGet("originalMaxAge"))
            .Gives(null, null, null)
            .SetsCookie("id1", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task MaxAge_is_sent_as_Expires_that_far_from_now(Side side) =>
        On(side, """{"cookie":{"maxAge":3600000}}""")
            .Send()
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(1))
            .RunAsync();

    [Theory, BothSides]
    public Task Expires_is_sent_as_it_is(Side side) =>
        On(side, """{"cookie":{"expires":"2099-01-01T00:00:00.000Z"}}""")
            .Send(CookieGet("expires"))
            .Gives(InTheYear2099)
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Until2099)
            .RunAsync();

    [Theory, BothSides]
    public Task Of_expires_and_maxAge_the_later_one_counts_maxAge_last(Side side) =>
        On(side, """{"cookie":{"expires":"2099-01-01T00:00:00.000Z","maxAge":60000}}""")
            .Send()
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task Of_expires_and_maxAge_the_later_one_counts_expires_last(Side side) =>
        On(side, """{"cookie":{"maxAge":60000,"expires":"2099-01-01T00:00:00.000Z"}}""")
            .Send()
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Until2099)
            .RunAsync();

    [Theory, BothSides]
    public Task MaxAge_null_is_no_end(Side side) =>
        On(side, """{"cookie":{"maxAge":null}}""").Send(CookieGet("maxAge")).Gives([null]).SetsCookie("id1", "Path=/; HttpOnly").RunAsync();

    [Theory, BothSides]
    public Task MaxAge_0_ends_the_session_at_once(Side side) =>
        On(side, """{"cookie":{"maxAge":0}}""")
            .Send(Set("a", 1))
            .Calls("set")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.Zero)
            .Stores()
            .Send(Get("a"), Id)
            .Gives(null, "id2")
            .RunAsync();

    [Theory, BothSides]
    public Task MaxAge_reads_as_what_is_left_and_touch_sets_it_back(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Wait(1000), CookieGet("maxAge"), Touch, CookieGet("maxAge"))
            .Gives("ok", Entry.Between(0, 59_005), "ok", Entry.Between(59_050, 60_000))
            .RunAsync();

    [Theory, BothSides]
    public Task MaxAge_is_set_back_when_the_request_ends(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Wait(1000), CookieGet("maxAge"))
            .Gives("ok", Entry.Between(0, 59_005))
            .Send(CookieGet("maxAge"))
            .Gives(Entry.Between(59_050, 60_000))
            .RunAsync();

    [Theory, BothSides]
    public Task OriginalMaxAge_stays_what_was_given(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Wait(1000), CookieGet("originalMaxAge"))
            .Gives("ok", Entry.Between(59_900, 60_000))
            .Send(CookieGet("originalMaxAge"))
            .Gives(Entry.Between(59_900, 60_000))
            .RunAsync();

    [Theory, BothSides]
    public Task MaxAge_moves_expires(Side side) =>
        On(side, Quiet)
            .Send(CookieSet("maxAge", 3_600_000), CookieGet("expires"), CookieGet("originalMaxAge"))
            .Gives(true, Entry.InstantIn(TimeSpan.FromHours(1)), Entry.Between(3_599_900, 3_600_000))
            .RunAsync();

    [Theory, BothSides]
    public Task Expires_moves_maxAge(Side side) =>
        On(side, Quiet)
            .Send(CookieSet("expires", InTheYear2099), CookieGet("maxAge"), CookieGet("originalMaxAge"))
            .Gives(
                true,
                Entry.Between(Until2099.TotalMilliseconds - 60_000, Until2099.TotalMilliseconds),
                Entry.Between(Until2099.TotalMilliseconds - 60_000, Until2099.TotalMilliseconds)
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_can_have_another_lifetime_than_the_options_say(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1), CookieSet("maxAge", 3_600_000))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(1))
            .Send(CookieGet("originalMaxAge"), CookieGet("maxAge"))
            .Gives(Entry.Between(3_599_900, 3_600_000), Entry.Between(3_590_000, 3_600_000))
            .Send(Set("a", 2))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(1))
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_without_expires_lasts_as_long_as_the_browser_runs(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1), CookieSet("expires", null))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(CookieGet("maxAge"), CookieGet("originalMaxAge"))
            .Gives(null, null)
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_is_gone_when_its_lifetime_is_over(Side side) =>
        On(side, """{"resave":false,"saveUninitialized":false,"cookie":{"maxAge":300}}""")
            .Send(Set("a", 1))
            .Calls("set")
            .Pause(700)
            .Send(Get("a"), Id)
            .Gives(null, "id2")
            .Calls("get")
            .SetsNoCookie()
            .Stores()
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_ended_by_the_request_is_gone_for_the_next(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(CookieSet("maxAge", -1000))
            .Calls("get", "touch")
            .Stores()
            .Send(Get("a"))
            .Gives([null])
            .RunAsync();
}
