using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>The option <c>rolling</c>.</summary>
public sealed class RollingCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string Rolling = """{"rolling":true,"resave":false,"saveUninitialized":false,"cookie":{"maxAge":60000}}""";

    [Theory, BothSides]
    public Task Rolling_sets_the_cookie_with_every_answer(Side side) =>
        On(side, Rolling)
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Send(Get("a"))
            .Calls("get", "touch")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Send()
            .Calls("get", "touch")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task Rolling_begins_the_original_lifetime_anew(Side side) =>
        On(side, Rolling)
            .Send(Set("a", 1), CookieSet("maxAge", 7_200_000))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(2))
            .Send(CookieGet("originalMaxAge"))
            .Gives(Entry.Between(7_199_900, 7_200_000))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(2))
            .RunAsync();

    [Theory, BothSides]
    public Task Rolling_sends_no_cookie_of_an_uninitialized_session_without_saveUninitialized(Side side) =>
        On(side, Rolling).Send().Calls().SetsNoCookie().Send(Get("a"), Touch).Calls().SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task Rolling_sends_the_cookie_of_an_uninitialized_session_with_saveUninitialized(Side side) =>
        On(side, """{"rolling":true,"resave":false,"saveUninitialized":true}""")
            .Send()
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task Rolling_sends_a_cookie_without_an_end_too(Side side) =>
        On(side, """{"rolling":true,"resave":false,"saveUninitialized":false}""")
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Get("a"))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task Without_rolling_only_a_change_sets_the_cookie_again(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Send(Get("a"))
            .SetsNoCookie()
            .Send(Set("a", 2))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task Rolling_sends_the_cookie_of_a_session_that_has_ended_meanwhile(Side side) =>
        On(side, Rolling)
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; Expires; HttpOnly")
            .Send(Vanish)
            .Calls("get", "touch")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly")
            .Stores()
            .RunAsync();

    [Theory, BothSides]
    public Task Rolling_does_not_bring_back_the_cookie_of_a_destroyed_session(Side side) =>
        On(side, Rolling).Send(Set("a", 1)).SetsCookie("id1", "Path=/; Expires; HttpOnly").Send(Destroy).SetsNoCookie().RunAsync();
}
