using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>
/// Cookie options as a function of the request. The protocol has no word for a function: both hosts take <c>cookieByPath</c>, with which
/// the options are a function that gives those of the longest path that the request's begins with.
/// </summary>
public sealed class CookieFunctionCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task The_function_decides_for_each_request(Side side) =>
        On(side, """{"cookieByPath":{"/a":{"path":"/a","maxAge":60000},"/b":{"path":"/b","httpOnly":false}}}""")
            .Send()
            .With(path: "/a/x")
            .SetsCookie("id1", "Path=/a; Expires; HttpOnly", Minute)
            .Send()
            .With(path: "/b", cookie: SentCookie.None)
            .SetsCookie("id2", "Path=/b")
            .Send()
            .With(path: "/c", cookie: SentCookie.None)
            .SetsCookie("id3", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task The_path_of_the_function_decides_whether_the_request_has_a_session(Side side) =>
        On(side, """{"cookieByPath":{"/a":{"path":"/a"},"/b":{"path":"/elsewhere"}}}""")
            .Send(Has)
            .With(path: "/a")
            .Gives(true)
            .Send(Has)
            .With(path: "/b")
            .Gives(false)
            .RunAsync();

    [Theory, BothSides]
    public Task A_known_session_keeps_the_cookie_that_it_began_with(Side side) =>
        On(side, """{"rolling":true,"cookieByPath":{"/a":{"maxAge":60000},"/b":{"maxAge":3600000}}}""")
            .Send()
            .With(path: "/a")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Send()
            .With(path: "/b")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task Regenerate_asks_the_function_again(Side side) =>
        On(side, """{"cookieByPath":{"/a":{"maxAge":60000},"/b":{"maxAge":3600000}}}""")
            .Send()
            .With(path: "/a")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Send(Regenerate)
            .With(path: "/b")
            .SetsCookie("id2", "Path=/; Expires; HttpOnly", TimeSpan.FromHours(1))
            .RunAsync();

    [Theory, BothSides]
    public Task Auto_from_a_function(Side side) =>
        On(side, """{"proxy":true,"cookieByPath":{"/":{"secure":"auto"}}}""")
            .Send(CookieGet("secure"))
            .Differs(
                "There it stays \"auto\", which is as true as true, and the cookie is never sent over http.",
                static express => express.Gives("auto").SetsNoCookie(),
                static project => project.Gives(false).SetsCookie("id1", "Path=/; HttpOnly")
            )
            .RunAsync();
}
