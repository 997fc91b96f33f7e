using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>Errors of the application and of the store.</summary>
public sealed class ErrorCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string SavedBeforeSent = "The session is stored before the first byte goes out.";

    [Theory, BothSides]
    public Task What_was_changed_before_an_error_is_stored_with_the_answer_that_tells_of_it(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Throw("it broke"))
            .Status(500)
            .Body("""{"error":"it broke"}""")
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task An_error_of_a_request_that_changed_nothing_stores_nothing(Side side) =>
        On(side, Quiet).Send(Throw("it broke")).Status(500).Calls().SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task A_session_that_was_destroyed_before_an_error_is_gone(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Destroy, Throw("it broke")).Status(500).Stores().RunAsync();

    [Theory, BothSides]
    public Task An_error_after_the_headers_cuts_the_answer(Side side) =>
        On(side, Quiet).Send(Set("a", 1), Save, Write("one "), Throw("it broke")).IsCut().Stores("""{"a":1}""").RunAsync();

    [Theory, BothSides]
    public Task What_was_set_before_the_headers_and_an_error_after_them(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Write("one "), Throw("it broke"))
            .IsCut()
            .Differs(
                SavedBeforeSent,
                static express => express.Calls().Stores(),
                static project => project.Calls("set").Stores("""{"a":1}""")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task What_was_set_between_the_headers_and_an_error(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Save, Write("one "), Set("b", 2), Throw("it broke"))
            .IsCut()
            .Differs(
                "There the response never ends, so nothing is stored. Here a client that goes away is an error too, and must lose nothing.",
                static express => express.Stores("""{"a":1}"""),
                static project => project.Stores("""{"a":1,"b":2}""")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_that_cannot_be_read_is_an_error(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("get", "the store is on fire")
            .Send(Get("a"))
            .Status(500)
            .Body("""{"error":"the store is on fire"}""")
            .Calls("get")
            .SetsNoCookie()
            .Send(Get("a"))
            .Gives(1)
            .RunAsync();

    [Theory, BothSides]
    public Task ENOENT_means_that_there_is_no_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("get", "no such file", code: "ENOENT")
            .Send(Get("a"), Id)
            .Status(200)
            .Gives(null, "id2")
            .Calls("get")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task A_reload_that_finds_no_file_says_so_and_leaves_the_session(Side side) =>
        On(side, Quiet)
            .FailNext("get", "no such file", code: "ENOENT")
            .Send(Set("a", 1), Save, Reload, Get("a"))
            .Stores("""{"a":1}""")
            .Differs(
                "There only the first read of a request takes ENOENT for absence.",
                static express => express.Gives(true, "ok", Entry.Error("no such file"), 1),
                static project => project.Gives(true, "ok", Entry.Error("failed to load session"), 1)
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_reload_that_fails_says_why_and_leaves_the_session(Side side) =>
        On(side, Quiet)
            .FailNext("get", "the store is on fire")
            .Send(Set("a", 1), Save, Reload, Get("a"))
            .Gives(true, "ok", Entry.Error("the store is on fire"), 1)
            .Calls("set", "get")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_destroy_that_fails_says_why_and_the_session_is_off_the_request_all_the_same(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("destroy", "the store is on fire")
            .Send(Destroy, Has, Id)
            .Gives(Entry.Error("the store is on fire"), false, "id1")
            .Calls("get", "destroy")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_save_that_fails_says_why(Side side) =>
        On(side, Quiet)
            .FailNext("set", "the store is on fire")
            .Send(Set("a", 1), Save, Get("a"))
            .Status(200)
            .Gives(true, Entry.Error("the store is on fire"), 1)
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Differs(
                "There it counts as saved, and a cookie without a session goes out. Here it is tried again at the end.",
                static express => express.Calls("set").Stores(),
                static project => project.Calls("set", "set").Stores("""{"a":1}""")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_regenerate_that_fails_says_why(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("destroy", "the store is on fire")
            .Send(Regenerate, Id, Get("a"))
            .Differs(
                "There the request goes on with a new session, and the old one lives on beside it. Here the session is as before.",
                static express => express.Gives(Entry.Error("the store is on fire"), "id2", null),
                static project => project.Gives(Entry.Error("the store is on fire"), "id1", 1)
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_that_cannot_be_stored_at_the_end(Side side) =>
        On(side, Quiet)
            .FailNext("set", "the store is on fire")
            .Send(Set("a", 1))
            .Stores()
            .Differs(
                SavedBeforeSent,
                static express => express.Status(200).SetsCookie("id1", "Path=/; HttpOnly"),
                static project => project.Status(500).SetsNoCookie()
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_that_cannot_be_touched_at_the_end(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("touch", "the store is on fire")
            .Send(Get("a"))
            .Calls("get", "touch")
            .Differs(SavedBeforeSent, static express => express.Status(200).Gives(1), static project => project.Status(500))
            .RunAsync();

    [Theory, BothSides]
    public Task A_session_that_cannot_be_destroyed_at_the_end(Side side) =>
        On(side, """{"unset":"destroy","resave":false,"saveUninitialized":false}""")
            .Send(Set("a", 1))
            .Calls("set")
            .FailNext("destroy", "the store is on fire")
            .Send(Unset)
            .Calls("get", "destroy")
            .Stores("""{"a":1}""")
            .Differs(SavedBeforeSent, static express => express.Status(200), static project => project.Status(500))
            .RunAsync();

    [Theory, BothSides]
    public Task While_the_store_is_disconnected_requests_have_no_session(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Disconnect()
            .Send(Has, Id, Get("a"), Set("a", 2))
            .Gives(false, null, "no session", "no session")
            .Calls()
            .SetsNoCookie()
            .Connect()
            .Send(Get("a"))
            .Gives(1)
            .Calls("get", "touch")
            .RunAsync();
}
