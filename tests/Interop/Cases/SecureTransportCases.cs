using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;
using static ServerSessions.Interop.Cases.Building.Steps;

namespace ServerSessions.Interop.Cases;

/// <summary>
/// <c>secure</c>, <c>sameSite</c>, the value <c>auto</c>, and whom the options <c>proxy</c> and Express's <c>trust proxy</c> believe.
/// </summary>
public sealed class SecureTransportCases(InteropHosts hosts) : CaseTests(hosts)
{
    private const string Http = "Path=/; HttpOnly";
    private const string Https = "Path=/; HttpOnly; Secure";

    [Theory, BothSides]
    public Task A_secure_cookie_is_not_sent_over_http_though_its_session_is_stored(Side side) =>
        On(side, """{"cookie":{"secure":true}}""").Send(Set("a", 1)).Calls("set").SetsNoCookie().Stores("""{"a":1}""").RunAsync();

    [Theory, BothSides]
    public Task A_secure_cookie_is_sent_over_https_that_a_trusted_proxy_ends(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "https")
            .Calls("set")
            .SetsCookie("id1", Https)
            .RunAsync();

    [Theory, BothSides]
    public Task A_secure_cookie_is_not_sent_over_http_behind_a_trusted_proxy(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "http")
            .Calls("set")
            .SetsNoCookie()
            .Send(Set("a", 1))
            .Calls("set")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Proxy_false_ignores_the_header(Side side) =>
        On(side, """{"proxy":false,"cookie":{"secure":true}}""").Send(Set("a", 1)).With(forwardedProto: "https").SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task Proxy_false_ignores_the_header_where_the_framework_trusts_the_proxy_too(Side side) =>
        On(side, """{"proxy":false,"trustProxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "https")
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Without_proxy_the_framework_decides_and_trusts_nobody(Side side) =>
        On(side, """{"cookie":{"secure":true}}""").Send(Set("a", 1)).With(forwardedProto: "https").SetsNoCookie().RunAsync();

    [Theory, BothSides]
    public Task Without_proxy_the_framework_decides_and_trusts_its_proxy(Side side) =>
        On(side, """{"trustProxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "https")
            .SetsCookie("id1", Https)
            .Send(Set("a", 1))
            .With(forwardedProto: "http", cookie: SentCookie.None)
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Of_several_protocols_the_first_counts(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "https, http")
            .SetsCookie("id1", Https)
            .Send(Set("a", 1))
            .With(forwardedProto: "http, https", cookie: SentCookie.None)
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task The_protocol_is_read_in_any_case(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":true}}""")
            .Send(Set("a", 1))
            .With(forwardedProto: "HTTPS")
            .SetsCookie("id1", Https)
            .RunAsync();

    [Theory, BothSides]
    public Task Secure_auto_is_insecure_over_http_and_stored_so(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":"auto"}}""")
            .Send(CookieGet("secure"))
            .Gives(false)
            .SetsCookie("id1", Http)
            .StoresExactly("""{"cookie":{"originalMaxAge":null,"expires":null,"secure":false,"httpOnly":true,"path":"/"}}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Secure_auto_is_secure_over_https_and_stored_so(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":"auto"}}""")
            .Send(CookieGet("secure"))
            .With(forwardedProto: "https")
            .Gives(true)
            .SetsCookie("id1", Https)
            .StoresExactly("""{"cookie":{"originalMaxAge":null,"expires":null,"secure":true,"httpOnly":true,"path":"/"}}""")
            .RunAsync();

    [Theory, BothSides]
    public Task SameSite_auto_is_lax_over_http_and_stored_so(Side side) =>
        On(side, """{"proxy":true,"cookie":{"sameSite":"auto"}}""")
            .Send(CookieGet("sameSite"))
            .Gives("lax")
            .SetsCookie("id1", Http + "; SameSite=Lax")
            .StoresExactly("""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/","sameSite":"lax"}}""")
            .RunAsync();

    [Theory, BothSides]
    public Task SameSite_auto_is_none_over_https_and_stored_so(Side side) =>
        On(side, """{"proxy":true,"cookie":{"sameSite":"auto"}}""")
            .Send(CookieGet("sameSite"))
            .With(forwardedProto: "https")
            .Gives("none")
            .SetsCookie("id1", Http + "; SameSite=None")
            .StoresExactly("""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/","sameSite":"none"}}""")
            .RunAsync();

    [Theory, BothSides]
    public Task Both_auto_follow_the_connection_together(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":"auto","sameSite":"auto"}}""")
            .Send()
            .With(forwardedProto: "https")
            .SetsCookie("id1", Https + "; SameSite=None")
            .Send()
            .With(cookie: SentCookie.None)
            .SetsCookie("id2", Http + "; SameSite=Lax")
            .RunAsync();

    [Theory, BothSides]
    public Task Auto_is_decided_once_when_the_session_begins_over_https(Side side) =>
        On(side, """{"proxy":true,"rolling":true,"cookie":{"secure":"auto"}}""")
            .Send()
            .With(forwardedProto: "https")
            .SetsCookie("id1", Https)
            .Send(CookieGet("secure"))
            .Gives(true)
            .SetsNoCookie()
            .RunAsync();

    [Theory, BothSides]
    public Task Auto_is_decided_once_when_the_session_begins_over_http(Side side) =>
        On(side, """{"proxy":true,"rolling":true,"cookie":{"secure":"auto"}}""")
            .Send()
            .SetsCookie("id1", Http)
            .Send(CookieGet("secure"))
            .With(forwardedProto: "https")
            .Gives(false)
            .SetsCookie("id1", Http)
            .RunAsync();

    [Theory, BothSides]
    public Task Auto_is_decided_anew_by_regenerate(Side side) =>
        On(side, """{"proxy":true,"cookie":{"secure":"auto"}}""")
            .Send()
            .SetsCookie("id1", Http)
            .Send(Regenerate)
            .With(forwardedProto: "https")
            .SetsCookie("id2", Https)
            .RunAsync();
}
