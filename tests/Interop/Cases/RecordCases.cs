using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>The session as JSON at rest.</summary>
public sealed class RecordCases(InteropHosts hosts) : CaseTests(hosts)
{
    [Theory, BothSides]
    public Task A_cookie_without_options(Side side) =>
        On(side, "{}").Send().StoresExactly("""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}}""").RunAsync();

    [Theory, BothSides]
    public Task A_cookie_with_a_lifetime(Side side) =>
        On(side, """{"cookie":{"maxAge":60000}}""")
            .Send()
            .StoresExactly("""{"cookie":{"originalMaxAge":(ms),"expires":"(instant)","httpOnly":true,"path":"/"}}""")
            .RunAsync();

    [Theory, BothSides]
    public Task A_cookie_with_everything(Side side) =>
        On(
                side,
                """{"cookie":{"maxAge":60000,"partitioned":true,"priority":"high","secure":true,"httpOnly":false,"domain":"example.com","path":"/","sameSite":"lax"}}"""
            )
            .Send()
            .StoresExactly(
                """{"cookie":{"originalMaxAge":(ms),"partitioned":true,"priority":"high","expires":"(instant)","secure":true,"httpOnly":false,"domain":"example.com","path":"/","sameSite":"lax"}}"""
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_cookie_with_booleans(Side side) =>
        On(side, """{"cookie":{"secure":false,"sameSite":true}}""")
            .Send()
            .StoresExactly(
                """{"cookie":{"originalMaxAge":null,"expires":null,"secure":false,"httpOnly":true,"path":"/","sameSite":true}}"""
            )
            .RunAsync();

    [Theory, BothSides]
    public Task Keys_follow_the_cookie_in_the_order_in_which_they_were_set(Side side) =>
        On(side, "{}")
            .Send(Set("b", 1), Set("a", new { x = new object?[] { null, true, "t" } }))
            .StoresExactly(
                """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"b":1,"a":{"x":[null,true,"t"]}}"""
            )
            .RunAsync();

    [Theory, BothSides]
    public Task Names_that_this_project_keeps_things_under_are_keys_like_any_other(Side side) =>
        On(side, Quiet)
            .Send(Set("__moved", "x"))
            .Stores("""{"__moved":"x"}""")
            .Send(Keys, Get("__moved"), Set("__created", 1), Set("__lastAccess", 2), Del("__moved"))
            .Gives(new[] { "__moved" }, "x", true, true, true)
            .Stores("""{"__created":1,"__lastAccess":2}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Text_is_written_as_it_is_and_only_controls_and_quotes_are_escaped(Side side) =>
        On(side, "{}")
            .Send(Set("a", "é 漢字 😀 </script> \u2028 \" \\ \n \u001f"))
            .StoresExactly(
                "{\"cookie\":{\"originalMaxAge\":null,\"expires\":null,\"httpOnly\":true,\"path\":\"/\"},\"a\":\"é 漢字 😀 </script> "
                    + "\u2028 \\\" \\\\ \\n \\u001f\"}"
            )
            .RunAsync();

    [Theory, BothSides]
    public Task A_touch_writes_the_new_end_into_the_session_of_the_memory_store(Side side) =>
        On(side, QuietMinute)
            .Send(Set("a", 1))
            .Calls("set")
            .Send(CookieSet("maxAge", 120_000), CookieSet("path", "/x"))
            .Calls("get", "touch")
            .StoresExactly("""{"cookie":{"originalMaxAge":(ms),"expires":"(instant)","httpOnly":true,"path":"/x"},"a":1}""")
            .RunAsync();
}
