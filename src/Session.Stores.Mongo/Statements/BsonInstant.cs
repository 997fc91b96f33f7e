using MongoDB.Bson;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Converts instants to BSON dates: whole milliseconds since 1970.</summary>
internal static class BsonInstant
{
    /// <summary>The date for "not in the future": past on every clock.</summary>
    private static readonly BsonDateTime LongPast = new(0);

    /// <summary>Rounds down, for comparing the current time with whole milliseconds.</summary>
    public static BsonDateTime Now(DateTimeOffset now) => new(now.ToUnixTimeMilliseconds());

    /// <summary>Rounds an expiry up for writing, so that no session ends early.</summary>
    public static BsonDateTime ForExpiry(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? LongPast : new(expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1));

    /// <summary>
    /// Returns the instant of a date. Dates outside .NET's range, which is smaller than JavaScript's, become its nearest end.
    /// </summary>
    public static DateTimeOffset ToInstant(BsonDateTime date) =>
        date.MillisecondsSinceEpoch switch
        {
            var milliseconds when milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() => DateTimeOffset.MaxValue,
            var milliseconds when milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() => DateTimeOffset.MinValue,
            var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        };
}
