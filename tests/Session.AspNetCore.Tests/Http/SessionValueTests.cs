using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Http;

/// <summary>
/// <c>Get</c> reads in a later request what <c>Set</c> stored. Values that are not read stay unchanged, regardless of their writer.
/// </summary>
public sealed partial class SessionValueTests(ITestOutputHelper output)
{
    private const string Units = "ab\"\\/\n\u0000é\ufffd\u2028\ud83d\ude00\ud800\udc00\udfff\ud83d";

    private static readonly System.Text.Json.Serialization.Metadata.JsonTypeInfo<Hand> Generated = new HandContext(
        new JsonSerializerOptions { Encoder = SessionJson.Encoder }
    ).Hand;

    private enum Suit
    {
        Clubs,
        Spades = 7,
    }

    [Fact]
    public async Task Whatever_is_set_can_be_got()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var all = new Dictionary<string, Hand>();
            for (var i = 0; i < 20; i++)
            {
                all[$"k{i}"] = RandomHand(random);
            }

            await using var app = await TestApp.StartAsync(context =>
            {
                var session = context.GetServerSession();
                foreach (var (key, hand) in all)
                {
                    if (context.Request.Path == "/set")
                    {
                        session.Set(key, hand);
                        session.Set(key + "-generated", hand, Generated);
                        session.Set(key + "-plain", hand.Owner);
                        session.Set(key + "-letter", hand.Letter);
                        session.Set(key + "-map", hand.Cards);
                    }
                    else
                    {
                        AssertSame(hand, session.Get<Hand>(key));
                        AssertSame(hand, session.Get(key + "-generated", Generated));
                        Assert.Equal(hand.Owner, session.Get<string>(key + "-plain"));
                        Assert.Equal(hand.Letter, session.Get<char>(key + "-letter"));
                        Assert.Equal(hand.Cards, session.Get<Dictionary<string, string?[]>>(key + "-map"));
                    }
                }

                return Task.CompletedTask;
            });
            using var set = await app.GetAsync("/set");
            using var got = await app.GetAsync("/get", set.Cookie());
            Assert.True(got.IsSuccessStatusCode, $"Seed {seed}, round {round}: {app.Logs.Text}");
        }
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_in_a_name_that_no_type_has_harms_no_other_member()
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            var session = context.GetServerSession();
            session.SetJson("user", """{"\ud83d":1,"name":"x\uD83D","path":"C:\\ud800","smile":"\ud83d\ude00"}"""u8);
            session.SetJson("taken", """{"name":"\ud83d\uFdD0","path":"\ufdd0","smile":"\ud83d\ude00"}"""u8);
            await session.SaveAsync();
            var user = session.Get<User>("user")!;
            var tree = session.Get<System.Text.Json.Nodes.JsonObject>("user")!;
            var taken = session.Get<User>("taken")!;
            await context.Response.WriteAsync(
                $"{user.Path} {user.Smile} {user.Name == "x\ud83d"} {tree["name"]!.GetValue<string>() == "x\ufffd"} "
                    + $"{taken.Name == "\ufffd\ufdd0"}"
            );
        });

        using var response = await app.GetAsync();

        Assert.Equal("C:\\ud800 😀 True True True", await response.BodyAsync());
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\\\ud83d", "\\ud83d")]
    [InlineData("\\ud83d", "\ufffd")]
    public async Task A_tree_is_read_alike_whatever_its_texts_hold(string escaped, string text)
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            var session = context.GetServerSession();
            session.SetJson("tree", Encoding.UTF8.GetBytes($$"""{"name":"{{escaped}}","list":["{{escaped}}"]}"""));
            session.SetJson("text", Encoding.UTF8.GetBytes($"\"{escaped}\""));

            Assert.Equal(text, session.Get<System.Text.Json.Nodes.JsonObject>("tree")!["NAME"]!.GetValue<string>());
            Assert.Equal(text, session.Get<System.Text.Json.Nodes.JsonNode>("tree")!["NAME"]!.GetValue<string>());
            Assert.Equal(text, session.Get<System.Text.Json.Nodes.JsonValue>("text")!.GetValue<string>());
            Assert.Equal(text, session.Get<JsonElement>("tree").GetProperty("list")[0].GetString());
            Assert.Equal(text, session.Get<JsonDocument>("tree")!.RootElement.GetProperty("name").GetString());
            Assert.Throws<JsonException>(() => session.Get<System.Text.Json.Nodes.JsonArray>("text"));
            return Task.CompletedTask;
        });

        using var response = await app.GetAsync();

        Assert.True(response.IsSuccessStatusCode, app.Logs.Text);
    }

    [Fact]
    public async Task A_converter_of_the_application_for_texts_is_given_no_marks_of_the_library()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                session.SetJson("user", """{"name":"x\ud83d"}"""u8);
                return context.Response.WriteAsync(session.Get<User>("user")!.Name!);
            },
            static options => options.SerializerOptions.Converters.Add(new Shouting())
        );

        using var response = await app.GetAsync();

        Assert.Equal("X\ufffd", await response.BodyAsync());
    }

    [Theory]
    [InlineData(65)]
    [InlineData(1_000)]
    [InlineData(150_000)]
    public async Task A_value_of_any_depth_passes_through_and_its_session_can_be_changed_moved_and_ended(int levels)
    {
        using var store = new MemorySessionStore(new MemorySessionStoreOptions());
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/set":
                        session.Set("n", session.Get<int>("n") + 1);
                        break;
                    case "/read-it":
                        Assert.Throws<JsonException>(() => session.Get<object>("deep"));
                        break;
                    case "/renew":
                        await session.RenewIdAsync();
                        break;
                    case "/sign-out":
                        await session.DestroyAsync();
                        return;
                }

                await context.Response.WriteAsync($"{session.Get<string>("user")} {session.Get<int>("n")}");
            },
            static options => options.GenerateSid = static context => context.Request.Path == "/renew" ? "new" : "sid",
            store
        );
        using var begin = await app.GetAsync("/set");
        var deep = string.Concat(Enumerable.Repeat("{\"c\":", levels)) + "1" + new string('}', levels);
        var nodes = $$"""{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"deep":{{deep}},"user":"ada"}""";
        await store.SetAsync("sid", new SessionRecord(Encoding.UTF8.GetBytes(nodes), null));

        using var read = await app.GetAsync("/", begin.Cookie());
        using var asked = await app.GetAsync("/read-it", begin.Cookie());
        using var changed = await app.GetAsync("/set", begin.Cookie());
        using var renewed = await app.GetAsync("/renew", begin.Cookie());

        Assert.Equal(
            ("ada 0", "ada 0", "ada 1", "ada 1"),
            (await read.BodyAsync(), await asked.BodyAsync(), await changed.BodyAsync(), await renewed.BodyAsync())
        );
        var stored = Encoding.UTF8.GetString((await store.GetAsync("new"))!.Payload.Span);
        Assert.Contains($"\"deep\":{deep},", stored, StringComparison.Ordinal);

        using var ended = await app.GetAsync("/sign-out", renewed.Cookie());
        Assert.Equal((200, null), ((int)ended.StatusCode, await store.GetAsync("new")));
    }

    private static void AssertSame(Hand expected, Hand? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(
            (expected.Owner, expected.Letter, expected.Suit, expected.Number, expected.Initial),
            (actual.Owner, actual.Letter, actual.Suit, actual.Number, actual.Initial)
        );
        Assert.Equal(expected.Cards, actual.Cards);
        Assert.Equal(expected.BySuit, actual.BySuit);
        Assert.Equal(expected.ByLetter, actual.ByLetter);
    }

    private static Hand RandomHand(Random random) =>
        new(
            RandomText(random),
            Units[random.Next(Units.Length)],
            random.Next(2) == 0 ? Suit.Clubs : Suit.Spades,
            random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
            random.Next(3) == 0 ? null : Units[random.Next(Units.Length)],
            Some(random, RandomText, _ =>
                Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(4) == 0 ? null : RandomText(random)).ToArray()
            ),
            Some(random, static random => random.Next(2) == 0 ? Suit.Clubs : Suit.Spades, RandomText),
            Some(random, static random => Units[random.Next(Units.Length)], static random => random.Next(2) == 0)
        );

    private static Dictionary<TKey, TValue> Some<TKey, TValue>(Random random, Func<Random, TKey> key, Func<Random, TValue> value)
        where TKey : notnull
    {
        var some = new Dictionary<TKey, TValue>();
        for (var i = random.Next(4); i > 0; i--)
        {
            some[key(random)] = value(random);
        }

        return some;
    }

    private static string RandomText(Random random) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Units[random.Next(Units.Length)]))}"
        );

    private sealed class Shouting : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()!.ToUpperInvariant();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private sealed record User(string Name, string Path, string Smile);

    private sealed record Hand(
        string Owner,
        char Letter,
        Suit Suit,
        double Number,
        char? Initial,
        Dictionary<string, string?[]> Cards,
        Dictionary<Suit, string> BySuit,
        Dictionary<char, bool> ByLetter
    );

    [JsonSerializable(typeof(Hand))]
    private sealed partial class HandContext : JsonSerializerContext;
}
