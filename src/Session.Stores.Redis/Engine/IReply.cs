using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Makes the result of a call from what its script answers.</summary>
internal interface IReply<out TResult>
{
    TResult Take(RedisResult answer);
}
