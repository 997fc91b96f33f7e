using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Of a read: what the script says.</summary>
internal readonly struct PlainReply : IReply<ReadReply>
{
    public ReadReply Take(RedisResult answer) => new(answer);
}

/// <summary>Of a write: whether there was something to write to.</summary>
internal readonly struct DoneReply : IReply<bool>
{
    public bool Take(RedisResult answer) => new WriteReply(answer).Outcome == WriteOutcome.Done;
}

/// <summary>Of a compare-and-set.</summary>
internal readonly struct ConditionalReply : IReply<ConditionalSetResult>
{
    public ConditionalSetResult Take(RedisResult answer) =>
        new WriteReply(answer).Outcome switch
        {
            WriteOutcome.Done => ConditionalSetResult.Stored,
            WriteOutcome.Missing => ConditionalSetResult.Missing,
            _ => ConditionalSetResult.Changed,
        };
}

/// <summary>Of <see cref="RedisScript.Time"/>: the server's Unix milliseconds.</summary>
internal readonly struct TimeReply : IReply<long>
{
    public long Take(RedisResult answer) => (long)answer;
}
