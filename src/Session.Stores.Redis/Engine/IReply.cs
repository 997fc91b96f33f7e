using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Converts the reply of a script to the result of a call.</summary>
internal interface IReply<out TResult>
{
    TResult Take(RedisResult result);
}
