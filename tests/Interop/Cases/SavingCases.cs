using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>When a session is stored, and when its cookie is set.</summary>
public sealed class SavingCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task A_new_session_that_nothing_was_put_into_is_neither_stored_nor_sent(Side side) =>
        On(side, Quiet).Send(Has).Gives(true).Calls().SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task SaveUninitialized_stores_a_new_session_that_nothing_was_put_into(Side side) =>
        On(side, """{"resave":false,"saveUninitialized":true}""")
            .Send()
            .Calls("set")
            .SetsCookie("id1", "Path=/; HttpOnly")
            .Stores("{}")
            .RunAsync();

    [Theory, BothSides]
    public Task SaveUninitialized_is_on_by_default(Side side) =>
        On(side, """{"resave":false}""").Send().Calls("set").SetsCookie("id1", "Path=/; HttpOnly").Stores("{}").RunAsync();

    [Theory, BothSides]
    public Task A_new_session_that_was_put_into_is_stored_and_sent(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").SetsCookie("id1", "Path=/; HttpOnly").Stores("""{"a":1}""").RunAsync();

    [Theory, BothSides]
    public Task A_new_session_whose_only_key_was_removed_again_is_uninitialized(Side side) =>
        On(side, Quiet).Send(Set("a", 1), Del("a")).Calls().SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task A_known_session_that_was_changed_is_stored_and_the_cookie_without_an_end_stays(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Set("a", 2))
            .Calls("get", "set")
            .SetsNoCookie()
            .Stores("""{"a":2}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_known_session_with_an_end_that_was_changed_is_stored_and_gets_a_cookie_with_a_new_end(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Set("a", 2))
            .Calls("get", "set")
            .SetsCookie("id1", "Path=/; Expires; HttpOnly", Minute)
            .Stores("""{"a":2}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_known_session_without_an_end_that_was_not_changed_is_touched(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Get("a")).Gives(1).Calls("get", "touch").SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task A_known_session_with_an_end_that_was_not_changed_is_touched(Side side) =>
        On(side, QuietMinute).Send(Set("a", 1)).Calls("set").Send(Get("a")).Gives(1).Calls("get", "touch").SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task A_key_set_to_what_it_was_is_no_change(Side side) =>
        On(side, Quiet).Send(Set("a", new[] { 1, 2 })).Calls("set").Send(Set("a", new[] { 1, 2 })).Calls("get", "touch").RunAsync();

    [Theory, BothSides]
    public Task A_key_changed_and_changed_back_is_no_change(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Set("a", 2), Set("a", 1)).Calls("get", "touch").RunAsync();

    [Theory, BothSides]
    public Task A_changed_cookie_alone_is_a_touch(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(CookieSet("maxAge", 120_000))
            .Calls("get", "touch")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Resave_stores_a_session_that_was_not_changed(Side side) =>
        On(side, """{"resave":true,"saveUninitialized":false}""")
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .Gives(1)
            .Calls("get", "set")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Resave_is_on_by_default(Side side) =>
        On(side, """{"saveUninitialized":false}""").Send(Set("a", 1)).Calls("set").Send().Calls("get", "set").RunAsync();

    [Theory, BothSides]
    public Task Resave_does_not_store_a_new_session_that_nothing_was_put_into(Side side) =>
        On(side, """{"resave":true,"saveUninitialized":false}""").Send().Calls().SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task Without_resave_a_store_that_cannot_touch_is_only_read(Side side) =>
        On(side, """{"resave":false,"saveUninitialized":false,"touch":false}""")
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .Gives(1)
            .Calls("get")
            .RunAsync();

    [Theory, BothSides]
    public Task With_resave_a_store_that_cannot_touch_gets_the_session_again(Side side) =>
        On(side, """{"resave":true,"saveUninitialized":false,"touch":false}""")
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Get("a"))
            .Gives(1)
            .Calls("get", "set")
            .RunAsync();

    [Theory, BothSides]
    public Task Save_stores_at_once(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Save, Set("a", 2), Reload, Get("a"))
            .Gives(true, "ok", true, "ok", 1)
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Save_replaces_what_was_stored(Side side) =>
        On(side, Quiet)
            .Send(Set("a", 1), Set("b", 1))
            .Calls("set")
            .Send(Del("a"), Save)
            .Calls("get", "set", "touch")
            .Stores("""{"b":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_new_session_that_was_saved_is_not_stored_again_at_the_end(Side side) =>
        On(side, Quiet).Send(Set("a", 1), Save).Calls("set").SetsCookie("id1", "Path=/; HttpOnly").RunAsync();

    [Theory, BothSides]
    public Task A_known_session_that_was_saved_is_touched_at_the_end_and_not_stored_again(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Set("a", 2), Save).Calls("get", "set", "touch").RunAsync();

    [Theory, BothSides]
    public Task A_session_that_was_changed_after_a_save_is_stored_again_at_the_end(Side side) =>
        On(side, Quiet).Send(Set("a", 1), Save, Set("a", 2)).Calls("set", "set").Stores("""{"a":2}""").RunAsync();

    [Theory, BothSides]
    public Task A_new_session_that_nothing_was_put_into_can_be_saved_and_is_not_sent(Side side) =>
        On(side, Quiet).Send(Save).Gives("ok").Calls("set").SetsNoCookie().Stores("{}").RunAsync();

    [Theory, BothSides]
    public Task The_view_counter_of_the_documentation_counts(Side side) =>
        On(side, QuietMinute)
            .Send(Get("views"), Set("views", 1))
            .Gives(null, true)
            .Send(Get("views"), Set("views", 2), CookieGet("maxAge"))
            .Gives(1, true, Entry.Between(50_000, 60_000))
            .Send(Get("views"))
            .Gives(2)
            .RunAsync();
}
