using System.Text.Json;
using ServerSessions.Interop.Cases.Building;
using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Cases.Protocol;

/// <summary>The endpoints of the protocol page, on both hosts and on both kinds of stores.</summary>
public sealed class EndpointTests(InteropHosts hosts)
{
    public static TheoryData<Side, string> Hosts { get; } =
        new()
        {
            { Side.Express, nameof(StoreKind.Memory) },
            { Side.Express, nameof(StoreKind.Sqlite) },
            { Side.Project, nameof(StoreKind.Memory) },
            { Side.Project, nameof(StoreKind.Sqlite) },
        };

    [Theory, MemberData(nameof(Hosts))]
    public async Task Healthz_answers_ok_outside_the_sessions(Side side, string store)
    {
        await using var host = await StartAsync(side, store);

        using var answer = await hosts.Http.GetAsync(new Uri(host.Address, "/healthz"));

        Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("0", await GetAsync(host, "/store/length"));
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task The_store_can_be_counted_listed_read_and_cleared(Side side, string store)
    {
        await using var host = await StartAsync(side, store);
        for (var i = 0; i < 11; i++)
        {
            await GetAsync(host, $"/?p={Uri.EscapeDataString("""[["set","a","é"]]""")}");
        }

        Assert.Equal("11", await GetAsync(host, "/store/length"));
        Assert.Equal("""["u1","u10","u11","u2","u3","u4","u5","u6","u7","u8","u9"]""", await GetAsync(host, "/store/ids"));
        Assert.Equal(
            """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"a":"é"}""",
            await GetAsync(host, "/store/get?sid=u3")
        );
        Assert.Equal("null", await GetAsync(host, "/store/get?sid=nobody"));
        Assert.Equal("null", await GetAsync(host, "/store/get?sid="));

        using (await hosts.Http.PostAsync(new Uri(host.Address, "/store/clear"), content: null))
        {
            Assert.Equal("0", await GetAsync(host, "/store/length"));
            Assert.Equal("[]", await GetAsync(host, "/store/ids"));
        }
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_program_comes_in_the_body_or_in_the_query_and_its_trace_is_JSON(Side side, string store)
    {
        await using var host = await StartAsync(side, store);
        using var body = new StringContent("""{"ops":[["has"],["set","a",{"b":[1]}],["get","a"],["status",201]]}""");

        using var posted = await hosts.Http.PostAsync(new Uri(host.Address, "/any/path"), body);
        using var empty = await hosts.Http.PostAsync(new Uri(host.Address, "/"), content: null);

        Assert.Equal(201, (int)posted.StatusCode);
        Assert.Equal("application/json", posted.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""{"trace":[true,true,{"b":[1]},"ok"]}""", await posted.Content.ReadAsStringAsync());
        Assert.Equal("""{"trace":[]}""", await empty.Content.ReadAsStringAsync());
        Assert.Equal("""{"trace":[null]}""", await GetAsync(host, $"/?p={Uri.EscapeDataString("""[["get","a"]]""")}"));
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task After_a_write_the_trace_comes_last_on_a_line_of_its_own(Side side, string store)
    {
        await using var host = await StartAsync(side, store);

        var answer = await GetAsync(host, $"/?p={Uri.EscapeDataString("""[["write","a "],["unset"],["get","a"],["write","b"]]""")}");

        Assert.Equal("a b\n" + """{"trace":["ok","ok","no session","ok"]}""", answer);
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task Keys_are_sorted_by_code_units_and_an_absent_member_of_the_cookie_is_null(Side side, string store)
    {
        await using var host = await StartAsync(side, store);
        const string Program =
            """[["set","é",1],["set","Z",1],["set","a",1],["set","10",1],["set","9",1],["keys"],["cookie.get","domain"],["cookie.get","nothing"]]""";

        var answer = JsonSerializer
            .Deserialize<JsonElement>(await GetAsync(host, $"/?p={Uri.EscapeDataString(Program)}"))
            .GetProperty("trace");

        Assert.Equal("""["10","9","Z","a","é"]""", answer[5].GetRawText());
        Assert.Equal("null null", $"{answer[6].GetRawText()} {answer[7].GetRawText()}");
    }

    private async Task<string> GetAsync(RunningHost host, string pathAndQuery) =>
        await hosts.Http.GetStringAsync(new Uri(host.Address, pathAndQuery));

    private async Task<RunningHost> StartAsync(Side side, string store)
    {
        if (side == Side.Express)
        {
            hosts.SkipWhereExpressIsUnavailable();
        }

        var kind = Enum.Parse<StoreKind>(store);
        const string Options = """{"secret":"the secret of the cases, long enough for anybody","genidPrefix":"u"}""";
        return side == Side.Express ? await hosts.StartExpressAsync(kind, Options) : await ProjectHost.StartAsync(kind, Options);
    }
}
