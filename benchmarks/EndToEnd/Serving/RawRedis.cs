using StackExchange.Redis;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>GET and EXPIRE, GET and SET.</summary>
internal sealed class RawRedis(IDatabase database) : IRawStore
{
    public static async Task<RawRedis> ConnectAsync(string place) => new((await ConnectionMultiplexer.ConnectAsync(place)).GetDatabase());

    public async ValueTask CreateAsync(string sid, byte[] payload) =>
        await database.StringSetAsync("floor:" + sid, payload, Floor.Lifetime);

    public async ValueTask<bool> ReadAsync(string sid)
    {
        RedisKey key = "floor:" + sid;
        byte[]? payload = await database.StringGetAsync(key);
        return payload is not null && await database.KeyExpireAsync(key, Floor.Lifetime);
    }

    public async ValueTask<bool> WriteAsync(string sid)
    {
        RedisKey key = "floor:" + sid;
        byte[]? payload = await database.StringGetAsync(key);
        return payload is not null && await database.StringSetAsync(key, payload, Floor.Lifetime);
    }
}
