using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>The reply of a script that reads: payload and milliseconds left, or only the payload if the session was touched.</summary>
internal readonly struct ReadReply
{
    public ReadReply(RedisResult reply)
    {
        IsTouched = reply.Length < 0;
        var payload = (byte[]?)(IsTouched ? reply : reply[0]);
        Payload = payload is { Length: 0 } ? null : payload;
        Milliseconds = IsTouched ? 0 : (long)reply[1];
    }

    /// <summary>The payload; <see langword="null"/> if the session is absent.</summary>
    public byte[]? Payload { get; }

    /// <summary>The time left; -1 if the key has no time to live. 0 if the session was touched: the caller knows the time.</summary>
    public long Milliseconds { get; }

    public bool IsTouched { get; }

    public bool IsWrongType => Milliseconds == RedisScript.WrongType;
}
