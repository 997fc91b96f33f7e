using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>The reply of a read.</summary>
internal readonly struct PlainReply : IReply<ReadReply>
{
    public ReadReply Take(RedisResult result) => new(result);
}

/// <summary>The reply of a write: whether it was done.</summary>
internal readonly struct DoneReply : IReply<bool>
{
    public bool Take(RedisResult result) => new WriteReply(result).Outcome == WriteOutcome.Done;
}

/// <summary>The reply of a compare-and-set.</summary>
internal readonly struct ConditionalReply : IReply<ConditionalSetResult>
{
    public ConditionalSetResult Take(RedisResult result) =>
        new WriteReply(result).Outcome switch
        {
            WriteOutcome.Done => ConditionalSetResult.Stored,
            WriteOutcome.Missing => ConditionalSetResult.Missing,
            _ => ConditionalSetResult.Changed,
        };
}

/// <summary>The reply of <see cref="RedisScript.Time"/>: the server's Unix milliseconds.</summary>
internal readonly struct TimeReply : IReply<long>
{
    public long Take(RedisResult result) => (long)result;
}
