using System.Text;
using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>Only the exact name with a valid signature is the session's cookie, with any other cookies in any order (T08).</summary>
public sealed class NameConfusionTests(ITestOutputHelper output)
{
    private const string Name = "__Host-sid";

    public static TheoryData<string> Impostors =>
        [
            "__HOST-sid",
            "__host-sid",
            "__Host-SID",
            "__Host-sid.",
            "__Host-sid[]",
            "__Host_sid",
            "__Host.sid",
            "..Host-sid",
            "__Host%2Dsid",
            "__%48ost-sid",
            "%5F%5FHost-sid",
            "\"__Host-sid\"",
            "$__Host-sid",
            "__Host-sid\\",
            "__Host-\tsid",
            "__Host- sid",
            "x__Host-sid",
            "__Host-sid;__Host-sid2",
            "__Host-si",
            "__Host-sidd",
            // Nameless: browsers send "=value" as "value".
            "=__Host-sid",
            "; =__Host-sid",
            // What other encodings make of it: full-width, no-break space, soft hyphen.
            "\u00ff\u00fe__Host-sid",
            "__Host-sid\u00a0",
            "\u00a0__Host-sid",
            "__Host\u00ad-sid",
        ];

    [Theory]
    [MemberData(nameof(Impostors))]
    public async Task An_impostor_neither_stands_in_for_the_cookie_nor_shadows_it(string impostor)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = new StorePlace("memory", "").Open();
        await using var host = await TrustHost.StartAsync(
            store,
            options => (options.Cookie.Name, options.Cookie.Secure) = (Name, SessionCookieSecure.Always),
            static context =>
                context.Response.WriteAsync($"owner={context.GetServerSession().Get<string>(TrustEndpoints.Owner) ?? TrustEndpoints.None}")
        );
        var good = $"{Name}={(await Sessions.NewAsync(store, "victim")).Cookie.Split('=', 2)[1]}";
        var evil = $"{impostor}={(await Sessions.NewAsync(store, "attacker")).Cookie.Split('=', 2)[1]}";

        Assert.Equal(TrustEndpoints.None, await OwnerAsync(host, $"Cookie: {evil}"));
        for (var i = 0; i < 8; i++)
        {
            string[] cookies = [good, evil, "theme=dark", "=", "a", "connect.sid=s%3Ax.y"];
            random.Shuffle(cookies);
            Assert.Equal("victim", await OwnerAsync(host, $"Cookie: {string.Join("; ", cookies)}"));
            Assert.Equal("victim", await OwnerAsync(host, [.. cookies.Select(static cookie => $"Cookie: {cookie}")]));
        }
    }

    [Fact]
    public async Task Of_two_cookies_of_the_name_the_first_counts_also_in_headers_of_their_own()
    {
        var store = new StorePlace("memory", "").Open();
        await using var host = await TrustHost.StartAsync(store, handler: static context =>
            context.Response.WriteAsync($"owner={context.GetServerSession().Get<string>(TrustEndpoints.Owner) ?? TrustEndpoints.None}")
        );
        var (one, two) = ((await Sessions.NewAsync(store, "one")).Cookie, (await Sessions.NewAsync(store, "two")).Cookie);

        Assert.Equal("one", await OwnerAsync(host, $"Cookie: {one}; {two}"));
        Assert.Equal("two", await OwnerAsync(host, $"Cookie: {two}", $"Cookie: {one}"));
        Assert.Equal("one", await OwnerAsync(host, $"Cookie: connect.sid=garbage; {one}"));
    }

    [Fact]
    public async Task A_header_that_is_no_utf8_is_refused_and_stands_in_for_nobody()
    {
        var store = new AskedStore();
        await using var host = await TrustHost.StartAsync(store, handler: static _ => Task.CompletedTask);

        Assert.Equal(400, RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "/", "Cookie: \u00ffconnect.sid=s%3Ax.y")));
        Assert.Equal(0, store.Calls);
    }

    private static async Task<string> OwnerAsync(TrustHost host, params string[] headers)
    {
        // As browsers send them: in UTF-8.
        var answer = await RawHttp.SendAsync(
            host.Address,
            "/",
            [.. headers.Select(static header => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(header)))]
        );
        Assert.Equal(200, RawHttp.StatusOf(answer));
        return answer[(answer.IndexOf("owner=", StringComparison.Ordinal) + 6)..].Split('\r')[0];
    }
}
