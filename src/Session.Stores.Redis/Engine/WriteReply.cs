using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>The reply of a script that writes: ten times the server's Unix milliseconds, plus the <see cref="WriteOutcome"/>.</summary>
internal readonly struct WriteReply(RedisResult result)
{
    private readonly long _number = (long)result;

    public long ServerTime => _number / 10;

    public WriteOutcome Outcome => (WriteOutcome)(_number % 10);
}
