using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.AspNetSession;

/// <summary>What <c>HttpContext.Session</c> keeps, on each backend, and what <see cref="ServerSession"/> shows of it.</summary>
public sealed class ValueTests(Fleet fleet, ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Bytes_of_every_kind_come_back_exactly_in_the_next_request(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var values = Enumerable.Range(0, Scale.Of(100, 500)).Select(_ => Bytes(random)).ToArray();
        var read = Array.Empty<byte[]?>();
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            (
                "/set",
                context =>
                {
                    for (var i = 0; i < values.Length; i++)
                    {
                        context.Session.Set($"k{i}", values[i]);
                    }

                    return "";
                }
        ),
            (
                "/get",
                context =>
                {
                    read = [.. values.Select((_, i) => context.Session.Get($"k{i}"))];
                    return "";
                }
        )
        );

        var cookie = (await site.GetAsync("/set")).TheCookie;
        await site.GetAsync("/get", cookie);

        Assert.Equal(values, read);
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Integers_text_and_bytes_are_what_the_extension_methods_of_AspNetCore_make_of_them(string backend)
    {
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            (
                "/set",
                static context =>
                {
                    var session = context.Session;
                    session.SetInt32("zero", 0);
                    session.SetInt32("one", 1);
                    session.SetInt32("least", int.MinValue);
                    session.SetInt32("all", -1);
                    session.SetInt32("letters", 0x41424344);
                    session.SetString("text", "Zoë 漢字 😀 \" \\ \u0001 </script>");
                    session.SetString("empty", "");
                    session.SetString("half", "a\ud800b");
                    session.SetString("nul", "a\0b");
                    session.Set("short", [1, 2]);
                    session.Set("long", [0, 0, 0, 7, 9]);
                    return "";
                }
        ),
            (
                "/get",
                static context =>
                {
                    var session = context.Session;
                    Assert.Equal(
                        [0, 1, int.MinValue, -1, 0x41424344, null, null, 7],
                        ((string[])["zero", "one", "least", "all", "letters", "short", "none", "long"]).Select(session.GetInt32)
                    );
                    Assert.Equal("Zoë 漢字 😀 \" \\ \u0001 </script>", session.GetString("text"));
                    Assert.Equal("", session.GetString("empty"));
                    Assert.Equal("a\ufffdb", session.GetString("half"));
                    Assert.Equal("a\0b", session.GetString("nul"));
                    Assert.Null(session.GetString("none"));
                    Assert.Null(session.Get("none"));
                    Assert.Empty(session.Get("empty")!);
                    Assert.True(session.TryGetValue("empty", out var empty));
                    Assert.Empty(empty);
                    Assert.False(session.TryGetValue("none", out var none));
                    Assert.Null(none);
                    return "seen";
                }
        )
        );

        var cookie = (await site.GetAsync("/set")).TheCookie;

        Assert.Equal("seen", (await site.GetAsync("/get", cookie)).Body);
    }

    [Fact]
    public async Task An_integer_is_kept_in_a_column_of_jsonb_which_refuses_the_character_zero()
    {
        var why = await fleet.Places.WhyMissingAsync("postgres");
        Assert.SkipWhen(why is not null, why ?? "");
        var database = await fleet.Places.NewPostgresAsync();
        await database.ExecuteAsync("CREATE TABLE session (sid text PRIMARY KEY, sess jsonb NOT NULL, expire timestamptz NOT NULL)");
        await using var site = await SessionSite.StartAsync(
            new StorePlace("postgres", database.ConnectionString),
            (
                "/set",
                static context =>
                {
                    context.Session.SetInt32("n", 42);
                    return "";
                }
        ),
            ("/get", static context => $"{context.Session.GetInt32("n")}")
        );

        var cookie = (await site.GetAsync("/set")).TheCookie;

        Assert.Equal("42", (await site.GetAsync("/get", cookie)).Body);
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task What_either_interface_wrote_is_read_through_the_other(string backend)
    {
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            (
                "/set",
                static context =>
                {
                    var session = context.GetServerSession();
                    session.Set("number", 42);
                    session.Set("text", "Zoë");
                    session.Set("record", new { Name = "Zoë", Tags = (string[])["a", "b"] });
                    session.Set("nothing", (string?)null);
                    session.Set("yes", true);
                    session.Set("half", "a\ud800b");
                    session.SetJson("two members", """{"__bytes":"gA==","more":1}"""u8);
                    session.SetJson("no base64", """{"__bytes":"gA"}"""u8);
                    session.SetJson("text in base64", """{"__bytes":"YQ=="}"""u8);
                    session.SetJson("no text", """{"__bytes":1}"""u8);
                    context.Session.SetString("by ISession", "漢字");
                    context.Session.Set("bytes", [0x80]);
                    return "";
                }
        ),
            (
                "/get",
                static context =>
                {
                    var (session, ours) = (context.Session, context.GetServerSession());
                    Assert.Equal("42", session.GetString("number"));
                    Assert.Equal("Zoë", session.GetString("text"));
                    Assert.Equal("Zoë", JsonDocument.Parse(session.Get("record")).RootElement.GetProperty("name").GetString());
                    Assert.Equal("null", session.GetString("nothing"));
                    Assert.Equal("true", session.GetString("yes"));
                    Assert.Equal("a\ufffdb", session.GetString("half"));
                    Assert.Equal("漢字", ours.Get<string>("by ISession"));
                    Assert.True(ours.TryGetJson("bytes", out var form));
                    Assert.Equal("""{"__bytes":"gA=="}""", Compact(form));
                    foreach (var key in (string[])["two members", "no base64", "text in base64", "no text"])
                    {
                        // Not the form of bytes: shown as the JSON that it is.
                        Assert.True(ours.TryGetJson(key, out var json));
                        Assert.Equal(json.ToArray(), session.Get(key));
                    }

                    return "seen";
                }
        )
        );

        var cookie = (await site.GetAsync("/set")).TheCookie;

        Assert.Equal("seen", (await site.GetAsync("/get", cookie)).Body);
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Keys_differ_by_case_may_be_empty_are_a_snapshot_and_values_are_copies(string backend)
    {
        await using var site = await SessionSite.StartAsync(
            fleet,
            backend,
            (
                "/set",
                static context =>
                {
                    var session = context.Session;
                    byte[] mine = [1, 2, 3];
                    session.Set("b", mine);
                    mine[0] = 9;
                    session.SetString("B", "upper");
                    session.SetString("", "the empty key");
                    session.SetString(new string('k', 256), "long");
                    foreach (var key in session.Keys)
                    {
                        // In ASP.NET Core's own session this is an error.
                        session.SetString("during " + key.Length, "");
                        session.Remove("during " + key.Length);
                    }

                    return "";
                }
        ),
            (
                "/get",
                static context =>
                {
                    var session = context.Session;
                    session.Get("b")![1] = 9;
                    Assert.Equal([1, 2, 3], session.Get("b")!);
                    Assert.Equal(("upper", "the empty key"), (session.GetString("B"), session.GetString("")));
                    Assert.Equal("long", session.GetString(new string('k', 256)));
                    Assert.Equal(["", "B", "b", new string('k', 256)], session.Keys.Order(StringComparer.Ordinal));
                    return "seen";
                }
        )
        );

        var cookie = (await site.GetAsync("/set")).TheCookie;

        Assert.Equal("seen", (await site.GetAsync("/get", cookie)).Body);
    }

    /// <summary>Text, damaged text, JSON, small and large, or noise.</summary>
    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) == 0 ? random.Next(2000) : random.Next(12)];
        random.NextBytes(bytes);
        return random.Next(5) switch
        {
            0 => bytes,
            1 => Encoding.UTF8.GetBytes(string.Concat(bytes.Select(static value => (char)(value * 257 % 0xd800)))),
            2 => [.. bytes.Select(static value => (byte)(value & 0x7f))],
            3 => [.. SessionText(bytes), (byte)random.Next(256)],
            _ => SessionText(bytes),
        };
    }

    // As this library writes bytes, to be kept as what it is: text.
    private static byte[] SessionText(byte[] bytes) => Encoding.UTF8.GetBytes($$"""{"__bytes":"{{Convert.ToBase64String(bytes)}}"}""");

    // jsonb puts spaces into it.
    private static string Compact(ReadOnlyMemory<byte> json) =>
        Encoding.UTF8.GetString(json.Span).Replace(" ", "", StringComparison.Ordinal);
}
