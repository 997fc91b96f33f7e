using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Redis;
using ServerSessions.Testing;
using StackExchange.Redis;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>connect-redis: a string with a time to live.</summary>
internal sealed class RedisBackend(RedisPlace place, ConnectionMultiplexer raw) : Backend
{
    public override string Kind => "redis";

    public override object NodePlace => new { url = place.Url, prefix = place.KeyPrefix };

    public override TimeSpan DefaultLifetime => TimeSpan.FromDays(1);

    public override string Url => place.Url;

    private IDatabase Database => raw.GetDatabase();

    public static async Task<Backend> CreateAsync(RedisPlace place) =>
        new RedisBackend(place, await ConnectionMultiplexer.ConnectAsync(place.ConnectionString));

    public override ISessionStore NewStore(TimeProvider clock) => new RedisSessionStore(Configured(new RedisSessionStoreOptions()), clock);

    public override void AddTo(IServerSessionBuilder builder) => builder.AddRedisStore(options => Configured(options));

    public override async Task<long> MarkAsync()
    {
        var parts = (string[])(await Database.ExecuteAsync("TIME"))!;
        return (long.Parse(parts[0], CultureInfo.InvariantCulture) * 1000) + (long.Parse(parts[1], CultureInfo.InvariantCulture) / 1000);
    }

    public override async Task<RawRecord?> DumpAsync(string sid, DateTimeOffset at, long mark)
    {
        var key = place.KeyPrefix + sid;
        var type = (string?)await Database.ExecuteAsync("TYPE", key);
        if (type == "none")
        {
            return null;
        }

        var text = (string)(await Database.ExecuteAsync("GET", key))!;

        // Redis 7 would tell the instant; older ones tell what is left, which is the same once the clock is added. Milliseconds are cut off
        // in all three.
        var left = (long)await Database.ExecuteAsync("PTTL", key);
        var after = await MarkAsync();
        var (cookie, values) = JsonMembers.Of(text);
        var latest = at.AddMilliseconds(left + (after - mark) + 1);
        var earliest = at.AddMilliseconds(left - 1);
        // Whole seconds were given; right as long as writing and reading took less than one.
        var seconds = (left + (after - mark) + 1) / 1000;
        return new RawRecord(
            new SortedDictionary<string, string> { ["type"] = type! },
            cookie,
            values,
            JsonSerializer.Serialize(
                new
                {
                    key = "sess:" + sid,
                    value = text,
                    seconds,
                },
                GoldenJson.Options
            ),
            new Instant(earliest, latest)
        );
    }

    public override DateTimeOffset StoredByNode(DateTimeOffset ends, DateTimeOffset at) =>
        at.AddSeconds(Math.Ceiling((ends - at).TotalSeconds));

    public override async ValueTask DisposeAsync()
    {
        await raw.DisposeAsync();
        await place.DisposeAsync();
    }

    private RedisSessionStoreOptions Configured(RedisSessionStoreOptions options)
    {
        (options.ConnectionString, options.Prefix, options.OperationTimeout) = (place.ConnectionString, place.KeyPrefix, Patience);
        return options;
    }
}
