using System.Text;
using ServerSessions.Interop.Golden;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>Keys that the real connect-redis set, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests(SharedRedis server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_golden_record_is_read_byte_for_byte_with_its_end_and_can_be_written_to()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var records = GoldenFile.Read("redis");
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            redis.Clock.SetUtcNow(golden.At);
            var sid = golden.Text("key")["sess:".Length..];
            var seconds = golden.Record.GetProperty("seconds").GetInt64();

            // A minute more: with one or two seconds a slow machine would find it expired.
            await redis.Database.ExecuteAsync("SET", redis.Prefix + sid, golden.Text("value"), "EX", seconds + 60);
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span));
            TestRedis.AssertExpires(golden.At.AddSeconds(seconds + 60), read);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, redis.Record("ours"), read, Cancel));

            // What a touch moved, the cookie does not know.
            var end = GoldenFile.EndOf(golden) ?? golden.At.AddDays(1);
            Assert.True(golden.Name == "touched" || Math.Ceiling((end - golden.At).TotalSeconds) == seconds, golden.Name);
        }
    }
}
