using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>Instants as BSON dates: whole milliseconds since 1970.</summary>
internal static class BsonInstant
{
    /// <summary>What stands for "not in the future": long past for everyone, however far clocks are apart.</summary>
    private static readonly BsonDateTime LongPast = new(0);

    /// <summary>Now, for comparing with whole milliseconds: fractions are dropped.</summary>
    public static BsonDateTime Now(DateTimeOffset now) => new(now.ToUnixTimeMilliseconds());

    /// <summary>What to write for an expiry: rounded up, so that no session ends early.</summary>
    public static BsonDateTime ForExpiry(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? LongPast : new(expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1));

    /// <summary>The instant of a date. JavaScript's calendar is longer than .NET's; what lies outside becomes its nearest end.</summary>
    public static DateTimeOffset ToInstant(BsonDateTime date) =>
        date.MillisecondsSinceEpoch switch
        {
            var milliseconds when milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() => DateTimeOffset.MaxValue,
            var milliseconds when milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() => DateTimeOffset.MinValue,
            var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        };
}
