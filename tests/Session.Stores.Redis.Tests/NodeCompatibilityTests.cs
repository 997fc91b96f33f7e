using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>Keys as connect-redis 10 writes and reads them: the commands and records here are its own.</summary>
public sealed class NodeCompatibilityTests(SharedRedis server)
{
    private const string Full =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T22:53:08.684Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë 漢字 😀","roles":["a","b"],"nested":{"deep":{"n":1.5,"t":true,"z":null}}},"quote\"\\key":"line\nbreak """
        + "\u2028"
        + """ </script>","when":"2024-02-03T04:05:06.007Z","emoji":"😀","lone":"\ud800"}""";

    private const string WithoutMaxAge = """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"a":1}""";
    private const string ExpiresFalse = """{"cookie":{"originalMaxAge":null,"expires":false,"httpOnly":true,"path":"/"},"a":1}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Full, 60)]
    [InlineData(WithoutMaxAge, 86400)]
    [InlineData(ExpiresFalse, 86400)]
    public async Task What_Node_set_is_read_with_its_bytes_and_its_expiry(string session, int seconds)
    {
        await using var redis = await TestRedis.OnAsync(server);
        await redis.Database.ExecuteAsync("SET", redis.Prefix + "node", session, "EX", seconds);
        var store = redis.Store();
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(session, Encoding.UTF8.GetString(read!.Payload.Span));
        TestRedis.AssertExpires(redis.Clock.GetUtcNow().AddSeconds(seconds), read);
        SessionDocument.Parse(read.Payload);
        Assert.Equal("node", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.True(await store.TouchAsync("node", redis.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", redis.Record("ours"), read, Cancel));
    }

    [Fact]
    public async Task What_we_set_is_what_Node_sets_and_its_own_commands_work_on_it()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("ours", new SessionRecord(Encoding.UTF8.GetBytes(Full), redis.Clock.GetUtcNow().AddMinutes(1)), Cancel);
        var key = redis.Prefix + "ours";
        Assert.Equal("string", (string?)await redis.Database.ExecuteAsync("TYPE", key));
        Assert.Equal(Full, (string?)await redis.Database.ExecuteAsync("GET", key));
        Assert.InRange((long)await redis.Database.ExecuteAsync("PTTL", key), 40_000, 60_000);
        Assert.Single((RedisResult[])(await redis.Database.ExecuteAsync("SCAN", 0, "MATCH", redis.Prefix + "*", "COUNT", 100))[1]!);

        Assert.Equal(1, (int)await redis.Database.ExecuteAsync("EXPIRE", key, 100));
        TestRedis.AssertExpires(redis.Clock.GetUtcNow().AddSeconds(100), await store.GetAsync("ours", Cancel));
        Assert.Equal(1, (int)await redis.Database.ExecuteAsync("DEL", key));
        Assert.Null(await store.GetAsync("ours", Cancel));
    }

    [Fact]
    public async Task The_keys_time_to_live_rules_whatever_the_cookie_in_the_payload_says()
    {
        await using var redis = await TestRedis.OnAsync(server);
        await redis.Database.ExecuteAsync(
            "SET",
            redis.Prefix + "a",
            """{"cookie":{"originalMaxAge":1,"expires":"2001-01-01T00:00:00.000Z"}}""",
            "EX",
            60
        );
        Assert.NotNull(await redis.Store().GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_key_of_another_type_is_an_error_of_reading_and_is_changed_by_set_and_destroy_alone()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();

        // As ASP.NET Core's distributed cache keeps its entries.
        await redis.Database.HashSetAsync(redis.Key("very-secret-id"), [new("absexp", -1), new("sldexp", -1), new("data", "x")]);
        var record = redis.Record();
        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.GetAsync("very-secret-id", Cancel),
                async () => await store.TouchAsync("very-secret-id", record, Cancel),
                async () => await store.TrySetAsync("very-secret-id", record, record, Cancel),
                async () => await store.TrySetAsync("very-secret-id", record, null, Cancel),
            }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.False(error.IsTransient);
            Assert.Equal("Redis", error.Backend);
            Assert.Contains("another type than a string", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(3, await redis.Database.HashLengthAsync(redis.Key("very-secret-id")));
        Assert.Null(await redis.Database.KeyTimeToLiveAsync(redis.Key("very-secret-id")));
        await store.DestroyAsync("very-secret-id", Cancel);
        await redis.Database.HashSetAsync(redis.Key("very-secret-id"), "data", "x");
        await store.SetAsync("very-secret-id", record, Cancel);
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task Two_prefixes_in_one_database_know_nothing_of_each_other()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var first = redis.Store(options => options.Prefix += "1:");
        var second = redis.Store(options => options.Prefix += "2:");
        await first.SetAsync("a", redis.Record("first"), Cancel);
        await second.SetAsync("a", redis.Record("second"), Cancel);
        await second.ClearAsync(Cancel);
        Assert.Null(await second.GetAsync("a", Cancel));
        Assert.Equal(TestRedis.Payload("first"), (await first.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Without_a_prefix_only_what_is_a_session_is_listed_counted_and_cleared()
    {
        await using var own = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(own.NewPlace());
        var logger = new SignallingLogger();
        var store = redis.Store(options => options.Prefix = "", logger);
        await store.SetAsync("a", redis.Record("1"), Cancel);
        await store.SetAsync("b", redis.Record("2"), Cancel);
        (string Key, string Value)[] others =
        [
            ("counter", "17"),
            ("text", "hello"),
            ("json", """{"user":1}"""),
            ("list-of", """[{"cookie":{}}]"""),
            ("cut", """{"cookie":{"""),
            ("empty", ""),
        ];
        foreach (var (key, value) in others)
        {
            await redis.Database.StringSetAsync(key, value);
        }

        await redis.Database.HashSetAsync("hash", "field", "value");
        Assert.Equal(["a", "b"], await store.AllAsync(Cancel).Select(entry => entry.Sid).Order().ToListAsync(Cancel));
        Assert.Equal(2, await store.LengthAsync(Cancel));
        Assert.Equal(0, logger.Count("Unreadable"));
        await store.ClearAsync(Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Equal(others.Length + 1, (long)await redis.Database.ExecuteAsync("DBSIZE"));
    }
}
