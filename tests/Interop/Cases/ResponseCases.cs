using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>All kinds of responses carry the cookie, and the session is stored by the time they have ended.</summary>
public sealed class ResponseCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task A_HEAD_request_stores_and_sets(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .With(method: "HEAD")
            .Status(200)
            .Body("")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .Send(Get("a"))
            .With(method: "HEAD")
            .Status(200)
            .Calls("get", "touch")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task A_GET_request_stores_and_sets(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .With(method: "GET")
            .Gives(true)
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Status_204_stores_and_sets(Side side) => StoresAndSets(side, 204);

    [Theory, BothSides]
    public Task Status_304_stores_and_sets(Side side) => StoresAndSets(side, 304);

    [Theory, BothSides]
    public Task Status_404_stores_and_sets(Side side) => StoresAndSets(side, 404);

    [Theory, BothSides]
    public Task Status_500_stores_and_sets(Side side) => StoresAndSets(side, 500);

    [Theory, BothSides]
    public Task A_304_of_a_known_session_touches_it(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"), Status(304))
            .Status(304)
            .Body("")
            .Calls("get", "touch")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task After_a_redirect_the_next_page_finds_the_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Status(302), Header("Location", "/next"))
            .Status(302)
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Get("a"))
            .With(path: "/next")
            .Gives(1)
            .RunAsync();

    [Theory, BothSides]
    public Task After_a_redirect_without_a_body_the_next_page_finds_the_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Status(303), Header("Location", "/next"), Empty)
            .Status(303)
            .Body("")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Get("a"))
            .With(method: "GET", path: "/next")
            .Gives(1)
            .RunAsync();

    [Theory, BothSides]
    public Task An_empty_body_stores_and_sets(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Empty)
            .Status(200)
            .Body("")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_body_with_Content_Length_arrives_whole(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Header("Content-Length", "21"))
            .Status(200)
            .Body("""{"trace":[true,"ok"]}""")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_HEAD_request_with_Content_Length_stores_and_sets(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Header("Content-Length", "21"))
            .With(method: "HEAD")
            .Status(200)
            .Body("")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .RunAsync();

    [Theory, BothSides]
    public Task A_streamed_body_arrives_whole_and_the_cookie_before_it(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Write("one "), Write("two "), Wait(5), Write("three"))
            .Status(200)
            .Body("one two three\n" + """{"trace":[true,"ok","ok","ok","ok"]}""")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task What_a_streamed_answer_changes_after_its_first_byte_is_stored_when_it_ends(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Write("one "), Set("b", 2))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1,"b":2}""")
            .Differs(
                "What was set before the first byte is stored before it.",
                static express => express.Calls("set"),
                static project => project.Calls("set", "set")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_that_begins_after_the_first_byte_is_stored_and_cannot_be_sent(Side side) =>
        On(side, Quiet).Send(Write("one "), Set("a", 1)).Calls("set").SetsNoCookie().Stores("""{"a":1}""").RunAsync();

    [Theory, BothSides]
    public Task A_session_destroyed_after_the_first_byte_is_gone(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Write("one "), Destroy).Stores().RunAsync();

    [Theory, BothSides]
    public Task A_streamed_answer_to_HEAD_stores_and_sets(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Write("one "), Set("b", 2))
            .With(method: "HEAD")
            .Status(200)
            .Body("")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1,"b":2}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Cookies_of_the_application_stay(Side side) =>
        On(side, Quiet)
            .Send(Header("Set-Cookie", "theme=dark; Path=/"), Set("a", 1))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .AlsoSets("theme", "dark")
            .RunAsync();

    [Theory, BothSides]
    public Task A_cookie_of_the_sessions_name_that_is_in_the_answer_already_stays_and_the_sessions_comes_after_it(Side side) =>
        On(side, Quiet).Send(Header("Set-Cookie", "connect.sid=theirs; Path=/"), Set("a", 1)).SetsCookieAfter("theirs", "id1").RunAsync();

    private Task StoresAndSets(Side side, int status) =>
        On(side, Quiet)
            .Send(Set("a", 1), Status(status))
            .Status(status)
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();
}
