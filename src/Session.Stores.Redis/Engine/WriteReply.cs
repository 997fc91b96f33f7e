using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>What a script that writes answers: ten times the server's Unix milliseconds, plus what it did.</summary>
internal readonly struct WriteReply(RedisResult answer)
{
    private readonly long _number = (long)answer;

    public long ServerTime => _number / 10;

    public WriteOutcome Outcome => (WriteOutcome)(_number % 10);
}
