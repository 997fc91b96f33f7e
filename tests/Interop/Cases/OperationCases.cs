using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>regenerate, destroy, reload, touch, and the session's id.</summary>
public sealed class OperationCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task Regenerate_gives_a_new_id_and_an_empty_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Id, Regenerate, Id, Keys, Set("b", 2))
            .Gives("id1", "ok", "id2", Array.Empty<string>(), true)
            .Calls("get", "destroy", "set")
            .SetsCookie("id2", "Path=/; HttpOnly")
            .Stores("""{"b":2}""")
            .Send(Get("b"))
            .Gives(2)
            .Calls("get", "touch")
            .RunAsync();

    [Theory, BothSides]
    public Task A_regenerated_session_is_stored_and_sent_without_data_too(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Regenerate)
            .Calls("get", "destroy", "set")
            .SetsCookie("id2", "Path=/; HttpOnly")
            .Stores("{}")
            .RunAsync();

    [Theory, BothSides]
    public Task The_id_from_before_regenerate_is_worth_nothing(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Regenerate, Set("a", 2))
            .SetsCookie("id2", "Path=/; HttpOnly")
            .Send(Get("a"), Id)
            .With(cookie: SentCookie.First)
            .Gives(null, "id3")
            .Calls("get")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Regenerate_twice_leaves_the_second_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Regenerate, Set("b", 2), Regenerate, Set("c", 3))
            .Gives("ok", true, "ok", true)
            .SetsCookie("id3", "Path=/; HttpOnly")
            .Stores("""{"c":3}""")
            .Differs(
                "The first of the new sessions was never stored.",
                static express => express.Calls("get", "destroy", "destroy", "set"),
                static project => project.Calls("get", "destroy", "set")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_new_session_can_be_regenerated(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Regenerate, Set("b", 2))
            .SetsCookie("id2", "Path=/; HttpOnly")
            .Stores("""{"b":2}""")
            .Differs(
                "A session that was never stored need not be destroyed.",
                static express => express.Calls("destroy", "set"),
                static project => project.Calls("set")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task Regenerate_gives_the_cookie_of_the_options(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1), CookieSet("maxAge", 7_200_000), CookieSet("httpOnly", false))
            .SetsCookie("id1", "Path=/; Expires", TimeSpan.FromHours(2))
            .Send(Regenerate)
            .SetsCookie("id2", "Path=/; Expires; HttpOnly", Minute)
            .RunAsync();

    [Theory, BothSides]
    public Task Destroy_takes_the_session_off_the_request_and_out_of_the_store(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Destroy, Has, Id)
            .Gives("ok", false, "id1")
            .Calls("get", "destroy")
            .SetsNoCookie()
            .Stores()
            .Send(Get("a"), Id)
            .Gives(null, "id2")
            .Calls("get")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task A_destroyed_session_cannot_be_used_any_more(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(
                Destroy,
                Get("a"),
                Set("a", 2),
                Keys,
                Save,
                Touch,
                Reload,
                Regenerate,
                Destroy,
                CookieGet("path"),
                CookieSet("path", "/x")
            )
            .Gives(
                "ok",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session",
                "no session"
            )
            .Calls("get", "destroy")
            .Stores()
            .RunAsync();

    [Theory, BothSides]
    public Task A_new_session_can_be_destroyed(Side side) =>
        On(side, """{"resave":false,"saveUninitialized":true}""")
            .Send(Set("a", 1), Destroy)
            .Gives(true, "ok")
            .Calls("destroy")
            .SetsNoCookie()
            .Stores()
            .RunAsync();

    [Theory, BothSides]
    public Task What_the_request_saved_itself_is_destroyed_too(Side side) =>
        On(side, Quiet).Send(Set("a", 1), Save, Destroy).Calls("set", "destroy").SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task After_destroy_the_next_request_begins_a_new_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Destroy)
            .Stores()
            .Send(Set("b", 2))
            .Calls("get", "set")
            .SetsCookie("id2", "Path=/; HttpOnly")
            .Stores("""{"b":2}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Reload_brings_back_what_is_stored(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Set("a", 2), Set("b", 2), Reload, Get("a"), Keys)
            .Gives(true, true, "ok", 1, new[] { "a" })
            .Calls("get", "get", "touch")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Reload_brings_back_the_stored_cookie(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(CookieSet("path", "/x"), Reload, CookieGet("path"))
            .Gives(true, "ok", "/")
            .RunAsync();

    [Theory, BothSides]
    public Task Reload_of_a_session_that_was_never_stored_fails_and_leaves_it(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Reload, Get("a"), Id)
            .Gives(true, Entry.Error("failed to load session"), 1, "id1")
            .Calls("get", "set")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Reload_of_a_session_that_has_vanished_fails_and_leaves_it(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(CookieSet("maxAge", -1000), Save, CookieSet("maxAge", null), Reload, Get("a"))
            .Gives(true, "ok", true, Entry.Error("failed to load session"), 1)
            .RunAsync();

    [Theory, BothSides]
    public Task Touch_alone_changes_nothing_that_is_stored_of_a_new_session(Side side) =>
        On(side, QuietMinute).Send(Touch).Gives("ok").Calls().SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task The_id_is_that_of_the_cookie_and_stays_through_all_requests(Side side) =>
        On(side, Quiet)
            .Send(Id, Set("a", 1), Id)
            .Gives("id1", true, "id1")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Send(Id)
            .Gives("id1")
            .RunAsync();

    [Theory, BothSides]
    public Task An_id_without_genid_is_24_random_bytes_in_base64url(Side side) =>
        On(side, """{"genidPrefix":""}""").Send(Id).Gives(Entry.Like("^[A-Za-z0-9_-]{32}$")).RunAsync();

    [Theory, BothSides]
    public Task Genid_is_asked_for_every_session_that_begins(Side side) =>
        On(side, Quiet)
            .Send(Id)
            .Gives("id1")
            .Send(Id)
            .Gives("id2")
            .Send(Id, Set("a", 1), Regenerate, Id)
            .Gives("id3", true, "ok", "id4")
            .RunAsync();
}
