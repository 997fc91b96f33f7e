using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>The attributes of the cookie as the options give them.</summary>
public sealed class CookieAttributeCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task By_default_the_path_is_the_root_and_scripts_do_not_see_the_cookie(Side side) => Sends(side, "{}", "Path=/; HttpOnly");

    [Theory, BothSides]
    public Task Domain_is_sent_as_it_is(Side side) => Sends(side, """{"domain":"example.com"}""", "Domain=example.com; Path=/; HttpOnly");

    [Theory, BothSides]
    public Task Path_is_sent_as_it_is(Side side) => Sends(side, """{"path":"/app"}""", "Path=/app; HttpOnly", path: "/app");

    [Theory, BothSides]
    public Task HttpOnly_can_be_left_out(Side side) => Sends(side, """{"httpOnly":false}""", "Path=/");

    [Theory, BothSides]
    public Task HttpOnly_is_sent_where_it_is_true(Side side) => Sends(side, """{"httpOnly":true}""", "Path=/; HttpOnly");

    [Theory, BothSides]
    public Task Partitioned_is_sent_where_it_is_true(Side side) => Sends(side, """{"partitioned":true}""", "Path=/; HttpOnly; Partitioned");

    [Theory, BothSides]
    public Task Partitioned_is_not_sent_where_it_is_false(Side side) => Sends(side, """{"partitioned":false}""", "Path=/; HttpOnly");

    [Theory, BothSides]
    public Task Priority_low_is_sent_as_Low(Side side) => Sends(side, """{"priority":"low"}""", "Path=/; HttpOnly; Priority=Low");

    [Theory, BothSides]
    public Task Priority_medium_is_sent_as_Medium(Side side) =>
        Sends(side, """{"priority":"medium"}""", "Path=/; HttpOnly; Priority=Medium");

    [Theory, BothSides]
    public Task Priority_high_is_sent_as_High(Side side) => Sends(side, """{"priority":"high"}""", "Path=/; HttpOnly; Priority=High");

    [Theory, BothSides]
    public Task SameSite_true_is_sent_as_Strict(Side side) => Sends(side, """{"sameSite":true}""", "Path=/; HttpOnly; SameSite=Strict");

    [Theory, BothSides]
    public Task SameSite_false_is_not_sent(Side side) => Sends(side, """{"sameSite":false}""", "Path=/; HttpOnly");

    [Theory, BothSides]
    public Task SameSite_lax_is_sent_as_Lax(Side side) => Sends(side, """{"sameSite":"lax"}""", "Path=/; HttpOnly; SameSite=Lax");

    [Theory, BothSides]
    public Task SameSite_none_is_sent_as_None(Side side) => Sends(side, """{"sameSite":"none"}""", "Path=/; HttpOnly; SameSite=None");

    [Theory, BothSides]
    public Task SameSite_strict_is_sent_as_Strict(Side side) =>
        Sends(side, """{"sameSite":"strict"}""", "Path=/; HttpOnly; SameSite=Strict");

    [Theory, BothSides]
    public Task Secure_false_is_not_sent(Side side) => Sends(side, """{"secure":false}""", "Path=/; HttpOnly");

    [Theory, BothSides]
    public Task Attributes_stand_in_one_order(Side side) =>
        On(
                side,
                """{"proxy":true,"cookie":{"sameSite":"none","priority":"high","partitioned":true,"secure":true,"httpOnly":true,"maxAge":60000,"path":"/","domain":"example.com"}}"""
            )
            .Send(Set("a", 1))
            .With(forwardedProto: "https")
            .SetsCookie("id1", "Domain=example.com; Path=/; Expires; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task A_request_can_give_its_session_other_attributes(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1), CookieSet("httpOnly", false), CookieSet("sameSite", "strict"), CookieSet("domain", "example.org"))
            .SetsCookie("id1", "Domain=example.org; Path=/; Expires; SameSite=Strict", Minute)
            .Send(Set("a", 2), CookieGet("sameSite"), CookieGet("domain"))
            .Gives(true, "strict", "example.org")
            .SetsCookie("id1", "Domain=example.org; Path=/; Expires; SameSite=Strict", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task The_cookie_has_the_name_of_the_options(Side side) =>
        On(side, """{"name":"app.sid","resave":false,"saveUninitialized":false}""")
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Get("a"))
            .Gives(1)
            .RunAsync();

    [Theory, BothSides]
    public Task A_cookie_of_another_name_is_not_looked_at(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Get("a")).With(cookie: SentCookie.OtherCaseBefore).Gives(1).RunAsync();

    [Theory, BothSides]
    public Task A_request_outside_the_path_of_the_cookie_has_no_session(Side side) =>
        On(side, """{"cookie":{"path":"/app"}}""")
            .Send(Has, Id, Set("a", 1))
            .With(path: "/other")
            .Gives(false, null, "no session")
            .Calls()
            .SetsNoCookie()
            .Send(Has)
            .With(path: "/APP")
            .Gives(false)
            .Calls()
            .Send(Has)
            .With(path: "/")
            .Gives(false)
            .Calls()
            .RunAsync();

    [Theory, BothSides]
    public Task A_request_is_within_the_path_of_the_cookie_where_its_own_begins_with_it(Side side) =>
        On(side, """{"cookie":{"path":"/app"}}""")
            .Send(Has)
            .With(path: "/app")
            .Gives(true)
            .Send(Has)
            .With(path: "/app/x")
            .Gives(true)
            .Send(Has)
            .With(path: "/apple")
            .Gives(true)
            .RunAsync();

    private Task Sends(Side side, string cookie, string attributes, string path = "/") =>
        On(side, $$"""{"cookie":{{cookie}}}""").Send(Set("a", 1)).With(path: path).SetsCookie("id1", attributes).RunAsync();
}
