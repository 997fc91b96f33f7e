using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>The option <c>unset</c>: what becomes of a session that is taken off the request.</summary>
public sealed class UnsetCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string UnsetKeeps = """{"unset":"keep","resave":false,"saveUninitialized":false}""";
    private const string UnsetDestroys = """{"unset":"destroy","resave":false,"saveUninitialized":false}""";

    [Theory, BothSides]
    public Task Keep_keeps_the_stored_session_and_ignores_what_the_request_changed(Side side) =>
        On(side, UnsetKeeps)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Set("a", 2), Unset)
            .Gives(true, "ok")
            .Calls("get")
            .SetsNoCookie()
            .Stores("""{"a":1}""")
            .Send(Get("a"))
            .Gives(1)
            .RunAsync();

    [Theory, BothSides]
    public Task Keep_is_the_default(Side side) =>
        On(side, Quiet).Send(Set("a", 1)).Calls("set").Send(Unset).Calls("get").Stores("""{"a":1}""").RunAsync();

    [Theory, BothSides]
    public Task Keep_stores_no_new_session(Side side) =>
        On(side, """{"unset":"keep"}""").Send(Set("a", 1), Unset).Calls().SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task Destroy_destroys_the_stored_session_when_the_request_ends(Side side) =>
        On(side, UnsetDestroys)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Unset)
            .Calls("get", "destroy")
            .SetsNoCookie()
            .Stores()
            .Send(Get("a"), Id)
            .Gives(null, "id2")
            .RunAsync();

    [Theory, BothSides]
    public Task Destroy_is_called_for_a_new_session_too(Side side) =>
        On(side, UnsetDestroys).Send(Set("a", 1), Unset).Calls("destroy").SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task Destroy_destroys_what_the_request_saved_itself(Side side) =>
        On(side, UnsetDestroys).Send(Set("a", 1), Save, Unset).Calls("set", "destroy").SetsNoCookie().Stores().RunAsync();

    [Theory, BothSides]
    public Task A_session_that_was_destroyed_is_gone_with_unset_destroy_too(Side side) =>
        On(side, UnsetDestroys)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Destroy)
            .Stores()
            .Differs(
                "There is nothing left to destroy at the end.",
                static express => express.Calls("get", "destroy", "destroy"),
                static project => project.Calls("get", "destroy")
            )
            .RunAsync();

    [Theory, BothSides]
    public Task After_unset_the_request_has_no_session_and_keeps_its_id(Side side) =>
        On(side, UnsetKeeps)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Unset, Has, Get("a"), Set("a", 2), Save, Id)
            .Gives("ok", false, "no session", "no session", "no session", "id1")
            .Stores("""{"a":1}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Unset_twice_is_unset(Side side) =>
        On(side, UnsetDestroys)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(Unset, Unset)
            .Gives("ok", "ok")
            .Calls("get", "destroy")
            .Stores()
            .RunAsync();
}
